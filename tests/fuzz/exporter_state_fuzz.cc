#include <string>

#include "fuzz/decoding.h"

// Arbitrary octets as an exporter's state: refused, or taken; what was taken is saved and taken
// again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto exporter = flow::Address::v4(1);
  collect::Decoder decoder;
  if (!decoder.restore({exporter, std::string(data, data + size)})) return 0;
  const std::vector<std::byte> payload{std::byte{0}, std::byte{9}};  // heard of, so saved
  std::vector<flow::FlowRecord> flows;
  decoder.decode({.exporter = exporter,
                  .exporter_port = 1,
                  .local_port = 2,
                  .received_ns = 1'700'000'000'000'000'000,
                  .payload = payload},
                 flows);
  decoder.expire(1'700'000'000'000);
  const auto states = decoder.take_changed_states();
  CHECK(states.size() == 1);
  collect::Decoder again;
  CHECK(again.restore(states[0]));
  return 0;
}
