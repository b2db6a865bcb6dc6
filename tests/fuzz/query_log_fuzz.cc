#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>

#include "base/check.h"
#include "base/json_text.h"
#include "know/dns_message.h"
#include "know/names.h"
#include "know/query_log.h"

// Lines of a stranger through both readers, and their octets as a DNS message. Each line becomes
// exactly one of what LogCounts names, and what is told is fit to be a name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::size_t told = 0;
  know::QueryLog log([&](const know::HeardAnswer& answer) {
    ++told;
    CHECK(know::host_name(answer.name) == answer.name);
    CHECK(!answer.address.is_unspecified());
  });
  const std::string text(data, data + size);
  std::size_t lines = 0;
  for (std::size_t at = 0; at < text.size(); ++lines) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    log.take(std::string_view(text).substr(at, end - at), static_cast<std::int64_t>(lines));
    at = end + 1;
  }
  const know::LogCounts& counts = log.counts();
  CHECK(counts.lines == lines);
  CHECK(std::accumulate(counts.not_heard.begin(), counts.not_heard.end(),
                        counts.questions + counts.answers + counts.other) == lines);
  CHECK(counts.answers <= told);
  CHECK(base::valid_utf8(log.last_refused()) == log.last_refused());

  const auto answer = know::parse_address_answer({data, data + size});
  CHECK(!answer || answer->addresses.size() <= know::AddressAnswer::kAddressesMax);
  return 0;
}
