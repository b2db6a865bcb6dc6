#include "fuzz/decoding.h"

// Arbitrary octets behind the version of NetFlow v5.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::decode_as(5, data, size);
  return 0;
}
