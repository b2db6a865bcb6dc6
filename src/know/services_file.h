#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "know/text_table.h"

namespace know {

enum class Transport : std::uint8_t { Tcp = 1, Udp = 2, Both = 3 };

// A line of a services file: `name port/transport alias… # description`.
struct ServiceLine {
  std::uint32_t line = 0;
  std::string name;
  std::uint16_t port = 0;
  Transport transport = Transport::Both;
  std::vector<std::string> aliases;
  std::string description;
};

// Of two lines with one port and transport the first counts, as for getservbyport(3); the later
// one's name still means the port.
struct ServicesFile {
  std::vector<ServiceLine> lines;
  Warnings warnings;
};

// The format of /etc/services. Lines of sctp and dccp are read as tcp's, whose ports theirs are for
// us. A line that cannot be understood is left out, with a warning.
ServicesFile parse_services(std::string_view text);

}  // namespace know
