#include "know/services_file.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "base/letters.h"

namespace know {
namespace {

std::optional<Transport> transport_of(std::string_view text) {
  const std::string name = base::lower(text);
  if (name == "udp") return Transport::Udp;
  if (name == "tcp" || name == "sctp" || name == "dccp") return Transport::Tcp;
  return std::nullopt;
}

class ServicesReader {
 public:
  void take(std::uint32_t line, std::string_view text) {
    const Commented commented = without_comment(text);
    const auto words = words_of(commented.text);
    if (words.empty()) return;
    if (std::string refusal = refusal_of_name(words[0]); !refusal.empty()) {
      return file.warnings.add(line, words[0], std::move(refusal));
    }
    if (words.size() < 2) {
      return file.warnings.add(line, words[0], "expected a port after the name, such as 3389/tcp");
    }
    const std::size_t slash = words[1].find('/');
    const auto transport =
        slash == std::string_view::npos ? std::nullopt : transport_of(words[1].substr(slash + 1));
    std::uint16_t port = 0;
    const std::string_view digits = words[1].substr(0, slash);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc{} || end != digits.data() + digits.size() || !transport) {
      return file.warnings.add(line, words[1],
                               "expected a port from 0 to 65535 and its transport, such as "
                               "3389/tcp or 53/udp");
    }
    ServiceLine service{.line = line,
                        .name = std::string(words[0]),
                        .port = port,
                        .transport = *transport,
                        .aliases = {},
                        .description = std::string(commented.comment)};
    for (std::size_t i = 2; i < words.size(); ++i) {
      std::string refusal = refusal_of_name(words[i]);
      if (refusal.empty()) {
        service.aliases.emplace_back(words[i]);
      } else {
        file.warnings.add(line, words[i], std::move(refusal));
      }
    }
    add(std::move(service), words[1]);
  }

  ServicesFile file;

 private:
  void add(ServiceLine service, std::string_view port_text) {
    const auto key = std::pair(service.port, service.transport);
    const auto [owner, is_new] = owners_.try_emplace(key, file.lines.size());
    if (!is_new && file.lines[owner->second].name != service.name) {
      const ServiceLine& first = file.lines[owner->second];
      file.warnings.add(
          service.line, port_text,
          fmt::format("line {} calls it {} already: the first counts", first.line, first.name));
    }
    file.lines.push_back(std::move(service));
  }

  std::map<std::pair<std::uint16_t, Transport>, std::size_t> owners_;
};

}  // namespace

ServicesFile parse_services(std::string_view text) {
  ServicesReader reader;
  for_each_line(text, [&](std::uint32_t line, std::string_view one) { reader.take(line, one); });
  return std::move(reader.file);
}

}  // namespace know
