#pragma once

namespace CLI {
class App;
}

// One function per subcommand, each in the file of its name: it adds the subcommand with its
// options to `app`; when the command line names it, it runs inside the parse and leaves the
// process' exit code in `exit_code`: 0 done; 1 done, and something was found wrong; 2 input or
// usage wrong; 3 a port or folder cannot be had.
namespace weir {

void add_config(CLI::App& app, int& exit_code);
void add_decode(CLI::App& app, int& exit_code);
void add_filter(CLI::App& app, int& exit_code);
void add_query(CLI::App& app, int& exit_code);
void add_serve(CLI::App& app, int& exit_code);
void add_store(CLI::App& app, int& exit_code);
void add_token(CLI::App& app, int& exit_code);
void add_user(CLI::App& app, int& exit_code);

}  // namespace weir
