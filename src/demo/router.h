#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/clock.h"
#include "demo/flow.h"
#include "wire/export/message_writer.h"

namespace demo {

// Writes what a router tells of flows as NetFlow v9: a template for each family of addresses, sent
// first and every minute again, sequence numbers that count datagrams, each within 1,400 octets.
class Router {
 public:
  using Octets = std::vector<std::byte>;

  // It was switched on an hour before `begin`.
  explicit Router(base::UnixMs begin);

  // The datagrams that tell of `flows`, all sent at `now`, none of which began before it was
  // switched on. Whole seconds: v9's header says no less, and uptimes count from it.
  std::vector<Octets> tell(std::span<const Flow> flows, base::UnixMs now);

  std::uint32_t datagrams() const { return messages_.sequence(); }

 private:
  base::UnixMs boot_;
  base::UnixMs templates_due_ = 0;
  wire::MessageWriter messages_;
};

}  // namespace demo
