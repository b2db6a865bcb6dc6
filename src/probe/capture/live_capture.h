#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "probe/capture/capture_counts.h"
#include "probe/meter.h"

struct pcap;

namespace probe {

struct LiveSettings {
  std::string interface_name;
  std::string filter;
  bool is_promiscuous = true;
  int ring_octets = 16 << 20;
};

// A network interface's packets, from a ring shared with the kernel (TPACKET_V3 by libpcap). Needs
// CAP_NET_RAW. One thread.
class LiveCapture {
 public:
  static base::Expected<std::unique_ptr<LiveCapture>, base::UserError> open(
      const LiveSettings& settings);
  ~LiveCapture();
  LiveCapture(const LiveCapture&) = delete;
  LiveCapture& operator=(const LiveCapture&) = delete;

  // How long the kernel may keep a block that is not full.
  static constexpr int kBlockTimeoutMs = 100;
  static constexpr int kPacketsAtOnce = 8'192;

  // Waits at most `timeout_ms` for packets and gives what is there, kPacketsAtOnce or little more;
  // answers how many. An error: the interface is gone, and with it this capture.
  base::Expected<int, base::IoError> give_to(Meter& meter, int timeout_ms);

  // Since it was opened.
  CaptureCounts counts();

  std::uint16_t link_type() const { return link_type_; }

 private:
  LiveCapture(pcap* handle, std::string name);

  pcap* handle_;
  std::string name_;
  std::uint16_t link_type_;
  int descriptor_;
};

}  // namespace probe
