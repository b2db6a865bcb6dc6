#include "probe/capture/packet_filter.h"

#include <pcap/pcap.h>

#include "wire/bytes/octet_pointer.h"

namespace probe {
namespace {

constexpr int kSnapOctets = 262'144;
constexpr std::uint16_t kLinkTypeRaw = 101;  // in a file; the library has another number for it

int library_link_type(std::uint16_t link_type) {
  return link_type == kLinkTypeRaw ? DLT_RAW : link_type;
}

}  // namespace

base::Expected<PacketFilter, base::UserError> PacketFilter::compile(const std::string& expression,
                                                                    std::uint16_t link_type) {
  const std::unique_ptr<pcap_t, decltype(&::pcap_close)> dead(
      ::pcap_open_dead(library_link_type(link_type), kSnapOctets), &::pcap_close);
  Program program(new bpf_program{}, [](bpf_program* made) {
    ::pcap_freecode(made);
    delete made;
  });
  if (::pcap_compile(dead.get(), program.get(), expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    return base::Unexpected(base::UserError{"--filter '" + expression + "'",
                                            ::pcap_geterr(dead.get()), "see pcap-filter(7)"});
  }
  return PacketFilter(std::move(program));
}

bool PacketFilter::passes(wire::ByteView frame, std::size_t wire_octets) const {
  pcap_pkthdr header{};
  header.caplen = static_cast<bpf_u_int32>(frame.size());
  header.len = static_cast<bpf_u_int32>(wire_octets);
  return ::pcap_offline_filter(program_.get(), &header, wire::octet_pointer(frame)) != 0;
}

}  // namespace probe
