#include "fuzz/decoding.h"

// Arbitrary octets behind the version of IPFIX.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::decode_as(10, data, size);
  return 0;
}
