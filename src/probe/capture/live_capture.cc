#include "probe/capture/live_capture.h"

#include <pcap/pcap.h>
#include <poll.h>

#include <array>
#include <cerrno>

#include "wire/bytes/octet_pointer.h"

namespace probe {
namespace {

// Link headers, MPLS labels, IPv6 with extension headers, TCP: what is behind is not looked at.
constexpr int kSnapOctets = 256;

struct Given {
  Meter* meter;
  std::uint16_t link_type;
};

void give_packet(unsigned char* user, const pcap_pkthdr* header, const unsigned char* octets) {
  const auto& given = wire::from_user_pointer<Given>(user);
  const base::UnixNs time_ns =
      (std::int64_t{header->ts.tv_sec} * 1'000'000 + header->ts.tv_usec) * 1'000;
  given.meter->see(given.link_type, wire::octets_at(octets, header->caplen), header->len, time_ns);
}

base::UserError refused(const LiveSettings& settings, std::string what, int status) {
  const bool is_forbidden = status == PCAP_ERROR_PERM_DENIED;
  return {"-i " + settings.interface_name, std::move(what),
          is_forbidden ? "capturing needs CAP_NET_RAW" : "weir-probe interfaces lists them"};
}

}  // namespace

LiveCapture::LiveCapture(pcap* handle, std::string name)
    : handle_(handle),
      name_(std::move(name)),
      link_type_(static_cast<std::uint16_t>(::pcap_datalink(handle))),
      descriptor_(::pcap_get_selectable_fd(handle)) {}

LiveCapture::~LiveCapture() {
  ::pcap_close(handle_);
}

base::Expected<std::unique_ptr<LiveCapture>, base::UserError> LiveCapture::open(
    const LiveSettings& settings) {
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  pcap_t* handle = ::pcap_create(settings.interface_name.c_str(), error.data());
  if (handle == nullptr) return base::Unexpected(refused(settings, error.data(), 0));
  ::pcap_set_snaplen(handle, kSnapOctets);
  ::pcap_set_promisc(handle, settings.is_promiscuous ? 1 : 0);
  ::pcap_set_timeout(handle, kBlockTimeoutMs);
  ::pcap_set_buffer_size(handle, settings.ring_octets);
  const int status = ::pcap_activate(handle);
  if (status < 0) {
    std::string what = ::pcap_statustostr(status);
    if (const std::string detail = ::pcap_geterr(handle); !detail.empty()) what += ": " + detail;
    ::pcap_close(handle);
    return base::Unexpected(refused(settings, std::move(what), status));
  }
  std::unique_ptr<LiveCapture> capture(new LiveCapture(handle, settings.interface_name));
  // The library would wait for packets without end, and flows would not end meanwhile.
  if (::pcap_setnonblock(handle, 1, error.data()) != 0 || capture->descriptor_ < 0) {
    return base::Unexpected(refused(settings, error.data(), 0));
  }
  // Also an empty filter: it tells the kernel to copy no more of a packet than is looked at.
  bpf_program program{};
  if (::pcap_compile(handle, &program, settings.filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    return base::Unexpected(base::UserError{"--filter '" + settings.filter + "'",
                                            ::pcap_geterr(handle), "see pcap-filter(7)"});
  }
  const int set = ::pcap_setfilter(handle, &program);
  ::pcap_freecode(&program);
  if (set != 0) return base::Unexpected(refused(settings, ::pcap_geterr(handle), set));
  return capture;
}

base::Expected<int, base::IoError> LiveCapture::give_to(Meter& meter, int timeout_ms) {
  pollfd waiting{.fd = descriptor_, .events = POLLIN, .revents = 0};
  if (::poll(&waiting, 1, timeout_ms) < 0 && errno != EINTR) {
    return base::Unexpected(base::IoError{"capture", name_, errno, ""});
  }
  Given given{&meter, link_type_};
  const int packets =
      ::pcap_dispatch(handle_, kPacketsAtOnce, give_packet, wire::as_user_pointer(given));
  if (packets < 0) {
    return base::Unexpected(base::IoError{"capture", name_, 0, ::pcap_geterr(handle_)});
  }
  return packets;
}

CaptureCounts LiveCapture::counts() {
  pcap_stat counted{};
  if (::pcap_stats(handle_, &counted) != 0) return {};
  return {.dropped_by_kernel = counted.ps_drop, .dropped_by_interface = counted.ps_ifdrop};
}

}  // namespace probe
