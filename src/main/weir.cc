#include <CLI/CLI.hpp>

#include "main/commands.h"

int main(int argc, char** argv) {
  CLI::App app{"Weir collects NetFlow and IPFIX, keeps it, and answers who used the network"};
  app.set_version_flag("--version", WEIR_VERSION);
  app.require_subcommand(1);
  int exit_code = weir::kDone;
  weir::add_config(app, exit_code);
  weir::add_decode(app, exit_code);
  weir::add_demo(app, exit_code);
  weir::add_filter(app, exit_code);
  weir::add_host(app, exit_code);
  weir::add_protocols(app, exit_code);
  weir::add_query(app, exit_code);
  weir::add_replay(app, exit_code);
  weir::add_serve(app, exit_code);
  weir::add_status(app, exit_code);
  weir::add_store(app, exit_code);
  weir::add_token(app, exit_code);
  weir::add_user(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Also thrown for --help and --version, which are no errors: exit() prints and answers 0.
    return app.exit(error) == 0 ? weir::kDone : weir::kInputWrong;
  }
  return exit_code;
}
