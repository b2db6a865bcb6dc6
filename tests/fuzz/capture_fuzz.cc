#include "fuzz/decoding.h"
#include "wire/packet/capture_file.h"
#include "wire/packet/udp.h"

// Arbitrary octets as a capture file: frames, IP, fragments, UDP.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = fuzz::octets_of(data, size);
  auto capture = wire::CaptureReader::open(file);
  if (!capture) return 0;
  wire::UdpReader udp;
  std::size_t frames = 0;
  for (auto frame = capture->next(); frame && *frame; frame = capture->next()) {
    CHECK((*frame)->octets.size() <= size);
    CHECK(++frames <= size);
    const auto datagram = udp.take((*frame)->link_type, (*frame)->octets);
    if (datagram) CHECK(datagram->payload.size() <= 65'535);
  }
  return 0;
}
