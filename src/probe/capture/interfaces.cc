#include "probe/capture/interfaces.h"

#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <sys/socket.h>

#include <array>
#include <memory>

namespace probe {
namespace {

std::vector<std::string> addresses_of(const pcap_if_t& listed) {
  std::vector<std::string> addresses;
  for (const pcap_addr_t* each = listed.addresses; each != nullptr; each = each->next) {
    if (each->addr == nullptr) continue;
    const int family = each->addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    const socklen_t octets = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(each->addr, octets, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) ==
        0) {
      addresses.emplace_back(text.data());
    }
  }
  return addresses;
}

}  // namespace

base::Expected<std::vector<Interface>, base::IoError> list_interfaces() {
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  pcap_if_t* first = nullptr;
  if (::pcap_findalldevs(&first, error.data()) != 0) {
    return base::Unexpected(base::IoError{"list", "interfaces", 0, error.data()});
  }
  const std::unique_ptr<pcap_if_t, decltype(&::pcap_freealldevs)> owned(first, &::pcap_freealldevs);
  std::vector<Interface> interfaces;
  for (const pcap_if_t* each = first; each != nullptr; each = each->next) {
    const std::uint32_t index = interface_index(each->name);
    // Also listed: bluetooth, netfilter queues and the like, which carry no frames we read.
    if (index == 0 && std::string_view(each->name) != "any") continue;
    interfaces.push_back({.name = each->name,
                          .index = index,
                          .is_up = (each->flags & PCAP_IF_UP) != 0,
                          .addresses = addresses_of(*each)});
  }
  return interfaces;
}

std::uint32_t interface_index(const std::string& name) {
  return ::if_nametoindex(name.c_str());
}

}  // namespace probe
