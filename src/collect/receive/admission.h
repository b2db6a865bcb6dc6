#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "collect/datagram.h"

namespace collect {

// Why a datagram is refused before the journal.
enum class Refusal : std::uint8_t { Sender, Version };
std::string_view to_text(Refusal refusal);

// Decides which datagrams are taken, by sender and by the version in their first octets.
class Admission {
 public:
  struct Senders {
    bool learn = true;
    std::vector<flow::Network> allow;
    std::vector<flow::Network> deny;
  };
  explicit Admission(Senders senders) : senders_(std::move(senders)) {}

  std::optional<Refusal> refusal_of(const Datagram& datagram) const;

 private:
  bool takes(const flow::Address& sender) const;

  Senders senders_;
};

}  // namespace collect
