#include "know/places.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "know/mmdb.h"
#include "know/text_table.h"

namespace know {
namespace {

bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// Two letters, however the file calls the field; 0: none.
std::uint16_t country_of(const Mmdb::Entry& entry) {
  auto code = entry.text({"country", "iso_code"});
  if (!code) code = entry.text({"country_code"});
  if (!code) code = entry.text({"country"});
  if (!code || code->size() != 2 || !std::ranges::all_of(*code, is_letter)) return 0;
  for (char& letter : *code) letter = static_cast<char>(letter & ~0x20);
  auto& pool = flow::NamePool::instance();
  return static_cast<std::uint16_t>(pool.id_of(flow::NameKind::Known, *code));
}

std::uint32_t as_of(const Mmdb::Entry& entry) {
  if (const auto number = entry.number({"autonomous_system_number"})) {
    return static_cast<std::uint32_t>(*number);
  }
  const auto text = entry.text({"asn"});
  if (!text || !text->starts_with("AS")) return 0;
  std::uint32_t number = 0;
  std::from_chars(text->data() + 2, text->data() + text->size(), number);
  return number;
}

std::string as_name_of(const Mmdb::Entry& entry) {
  auto name = entry.text({"autonomous_system_organization"});
  if (!name) name = entry.text({"as_name"});
  if (!name) name = entry.text({"name"});
  return name ? shown_text(*name) : std::string();
}

// Each place of the data section is read once: thousands of networks share it.
template <class Value, class Read>
base::Expected<void, std::string> flatten(const std::filesystem::path& path,
                                          RangeMap<Value>& ranges, std::size_t ranges_max,
                                          Read read) {
  const auto file = Mmdb::open(path);
  if (!file) return base::Unexpected(file.error());
  std::unordered_map<std::uint32_t, Value> values;
  auto done = file->for_each([&](const flow::Network& network, const Mmdb::Entry& entry) {
    const auto [at, is_new] = values.try_emplace(entry.offset);
    if (is_new) at->second = read(entry);
    if (at->second != Value{}) ranges.put(network.address, network.last(), at->second);
    return ranges.ranges() <= ranges_max;
  });
  ranges.finish();
  if (done && ranges.ranges() == 0) {
    return base::Unexpected(fmt::format("{}: it names none", path.string()));
  }
  return done;
}

}  // namespace

Places::Places(const std::filesystem::path& countries, const std::filesystem::path& ases,
               std::string& problems) {
  const auto take = [&](const base::Expected<void, std::string>& done, const char* what) {
    if (!done)
      problems += fmt::format("{}{}: {}", problems.empty() ? "" : "; ", what, done.error());
    return done.has_value();
  };
  if (!countries.empty() && !take(load_countries(countries), "countries")) countries_ = {};
  if (!ases.empty() && !take(load_ases(ases), "ASes")) {
    ases_ = {};
    as_names_.clear();
  }
}

base::Expected<void, std::string> Places::load_countries(const std::filesystem::path& path) {
  return flatten(path, countries_, kRangesMax, country_of);
}

base::Expected<void, std::string> Places::load_ases(const std::filesystem::path& path) {
  return flatten(path, ases_, kRangesMax - std::min(kRangesMax, countries_.ranges()),
                 [&](const Mmdb::Entry& entry) {
                   const std::uint32_t as = as_of(entry);
                   if (as != 0) as_names_.try_emplace(as, as_name_of(entry));
                   return as;
                 });
}

std::string city_of(const std::filesystem::path& path, const flow::Address& address,
                    std::string& problem) {
  const auto file = Mmdb::open(path);
  if (!file) {
    problem = file.error();
    return {};
  }
  const auto entry = file->find(address);
  if (!entry) return {};
  auto name = entry->text({"city", "names", "en"});
  if (!name) name = entry->text({"city"});
  return name ? shown_text(*name) : std::string();
}

}  // namespace know
