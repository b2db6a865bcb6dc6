#include "query/filter/filter.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "know/user_tables.h"
#include "main/commands.h"

namespace weir {
namespace {

// "weir filter check TEXT" says the same as "weir filter TEXT"; unquoted words are one text.
std::string text_of(const std::vector<std::string>& words) {
  const bool says_check =
      words.size() > 1 && (words.front() == "check" || words.front() == "CHECK");
  std::string text;
  for (std::size_t i = says_check ? 1 : 0; i < words.size(); ++i) {
    if (!text.empty()) text += ' ';
    text += words[i];
  }
  return text;
}

int check_filter(const std::string& text) {
  const auto filter = query::parse_filter(text, know::read_tables({}, {}).folded_names);
  if (!filter) {
    std::fputs(query::explain(text, filter.error()).c_str(), stderr);
    return kInputWrong;
  }
  std::puts(filter->canonical.c_str());
  return 0;
}

}  // namespace

void add_filter(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "filter", "check a filter: prints it in its canonical form, or what is wrong with it");
  auto words = std::make_shared<std::vector<std::string>>();
  command
      ->add_option("text", *words,
                   "[check] the filter; after -- where it begins with - (docs/filter.md)")
      ->required();
  command->callback([&exit_code, words] { exit_code = check_filter(text_of(*words)); });
}

}  // namespace weir
