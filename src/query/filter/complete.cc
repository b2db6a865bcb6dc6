#include <algorithm>
#include <string>

#include "base/letters.h"
#include "query/filter/filter.h"
#include "query/filter/keys.h"
#include "query/filter/values.h"

namespace query {
namespace {

// Where the word begins in which `position` stands.
std::size_t start_of_word(std::string_view text, std::size_t position) {
  constexpr std::string_view kBefore = " \t\r\n(|";
  std::size_t start = position;
  while (start > 0 && kBefore.find(text[start - 1]) == std::string_view::npos) --start;
  while (start < position && text[start] == '-') ++start;
  return start;
}

bool begins_with(std::string_view word, std::string_view begun) {
  return base::lower(word).starts_with(base::lower(begun));
}

std::vector<Completion> values_of(const Key& key, std::string_view begun) {
  std::vector<Completion> found;
  for (const std::string_view word : value_words(key)) {
    if (!begins_with(word, begun)) continue;
    found.push_back({std::string(word.substr(begun.size())), std::string(word), {}});
  }
  return found;
}

// As many as a person would look through.
std::vector<Completion> ports_of(const PortNames& names, std::string_view begun) {
  constexpr std::size_t kShown = 20;
  std::vector<Completion> found;
  const std::string folded = base::lower(begun);
  for (auto one = names.lower_bound(folded);
       one != names.end() && one->first.starts_with(folded) && found.size() < kShown; ++one) {
    std::string ports;
    for (const std::uint16_t port : one->second) {
      ports += (ports.empty() ? "" : ",") + std::to_string(port);
    }
    found.push_back({one->first.substr(folded.size()), one->first, std::move(ports)});
  }
  return found;
}

std::vector<Completion> keys_of(std::string_view begun) {
  std::vector<Completion> found;
  for (const Key& key : filter_keys()) {
    if (!begins_with(key.name, begun)) continue;
    const std::string label = std::string(key.name) + ":";
    found.push_back({label.substr(begun.size()), label, std::string(key.meaning)});
  }
  return found;
}

}  // namespace

std::vector<Completion> complete_filter(std::string_view text, std::size_t position,
                                        const PortNames& names) {
  position = std::min(position, text.size());
  const std::size_t start = start_of_word(text, position);
  const std::string_view word = text.substr(start, position - start);
  const std::size_t colon = word.find(':');
  if (colon == std::string_view::npos) return keys_of(word);
  const Key* key = find_key(word.substr(0, colon));
  if (key == nullptr) return {};
  const std::string_view separators = key->kind == ValueKind::TcpFlags ? ":,+" : ":,";
  const std::string_view begun = word.substr(word.find_last_of(separators) + 1);
  return is_of_ports(*key) ? ports_of(names, begun) : values_of(*key, begun);
}

}  // namespace query
