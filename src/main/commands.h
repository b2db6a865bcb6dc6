#pragma once

#include <string_view>

namespace CLI {
class App;
}

// One function per subcommand, each in the file of its name: it adds the subcommand with its
// options to `app`; when the command line names it, it runs inside the parse and leaves the
// process' exit code in `exit_code`.
namespace weir {

// The exit codes of every command.
constexpr int kDone = 0;
constexpr int kFoundWrong = 1;  // done, and something was found wrong
constexpr int kInputWrong = 2;  // or the usage
constexpr int kNotHad = 3;      // a port, folder or server

// Says "weir COMMAND: TEXT" on standard error; returns the exit code.
int complain(std::string_view command, int exit_code, std::string_view text);

void add_config(CLI::App& app, int& exit_code);
void add_decode(CLI::App& app, int& exit_code);
void add_demo(CLI::App& app, int& exit_code);
void add_filter(CLI::App& app, int& exit_code);
void add_host(CLI::App& app, int& exit_code);
void add_protocols(CLI::App& app, int& exit_code);
void add_query(CLI::App& app, int& exit_code);
void add_replay(CLI::App& app, int& exit_code);
void add_serve(CLI::App& app, int& exit_code);
void add_status(CLI::App& app, int& exit_code);
void add_store(CLI::App& app, int& exit_code);
void add_token(CLI::App& app, int& exit_code);
void add_user(CLI::App& app, int& exit_code);

}  // namespace weir
