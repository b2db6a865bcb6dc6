#include <CLI/CLI.hpp>

int main(int argc, char** argv) {
  CLI::App app{"Weir collects NetFlow and IPFIX, keeps it, and answers who used the network"};
  app.set_version_flag("--version", WEIR_VERSION);
  CLI11_PARSE(app, argc, argv);
  return 0;
}
