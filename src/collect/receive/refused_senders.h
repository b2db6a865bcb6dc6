#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "flow/address.h"
#include "flow/exporter_view.h"

namespace collect {

// How much each sender that is not taken has sent. Addresses can be forged, so only so many are
// kept: a new one takes the place of the one that sent least, and a sender that keeps sending
// stays.
class RefusedSenders {
 public:
  static constexpr std::size_t kKept = 64;

  RefusedSenders() { kept_.reserve(kKept); }

  void add(const flow::Address& sender, std::uint16_t port, base::UnixMs received);

  // Of all of them, kept or not.
  std::uint64_t datagrams() const { return datagrams_; }
  // Those that sent most first.
  std::vector<flow::RefusedSender> view() const;

 private:
  std::uint64_t datagrams_ = 0;
  std::vector<flow::RefusedSender> kept_;
};

}  // namespace collect
