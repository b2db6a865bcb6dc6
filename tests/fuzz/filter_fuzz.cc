#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "query/filter/filter.h"

// Arbitrary text through the parser, the printer and the completions. What parses must print to
// text that parses to the same tree; what does not must name places inside the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto filter = query::parse_filter(text);
  if (filter) {
    const auto again = query::parse_filter(filter->canonical);
    CHECK(again.has_value());
    CHECK(query::same_tree(filter->root, again->root));
    CHECK(again->canonical == filter->canonical);
  } else {
    CHECK(!filter.error().empty() && filter.error().size() <= query::kMaxFilterErrors);
    for (const auto& error : filter.error()) {
      CHECK(error.from <= error.to && error.to <= text.size() && !error.message.empty());
    }
    CHECK(!query::explain(text, filter.error()).empty());
  }
  for (const std::size_t position : {size, size / 2}) {
    for (const auto& completion : query::complete_filter(text, position)) {
      CHECK(completion.label.ends_with(completion.insert));
    }
  }
  return 0;
}
