#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "wire/bytes/byte_reader.h"

struct bpf_program;

namespace probe {

// A filter in pcap-filter(7)'s words, compiled for one link type.
class PacketFilter {
 public:
  static base::Expected<PacketFilter, base::UserError> compile(const std::string& expression,
                                                               std::uint16_t link_type);

  bool passes(wire::ByteView frame, std::size_t wire_octets) const;

 private:
  using Program = std::unique_ptr<bpf_program, void (*)(bpf_program*)>;
  explicit PacketFilter(Program program) : program_(std::move(program)) {}

  Program program_;
};

}  // namespace probe
