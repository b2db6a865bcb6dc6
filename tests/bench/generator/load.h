#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "exporter.h"
#include "outlet.h"
#include "totals.h"
#include "traffic.h"

namespace generator {

// All exporters together, in turn a datagram each, with the totals of what was sent.
class Load {
 public:
  struct Sender {
    flow::Address address;
    std::unique_ptr<Outlet> outlet;
  };
  Load(std::uint64_t seed, const ExporterSettings& settings, std::vector<Sender> senders,
       base::UnixMs now);

  // Sends flows until `flows_due` have been made since the start: full datagrams only, unless
  // `all`.
  void send_until(std::int64_t flows_due, bool all, base::UnixMs now);

  // Flows made so far, refused ones included.
  std::int64_t flows_made() const { return flows_made_; }
  const Totals& totals() const { return totals_; }

 private:
  struct Line {
    Exporter exporter;
    std::unique_ptr<Outlet> outlet;
    std::vector<Message> unsent;
  };
  void flush(std::size_t index, base::UnixMs now);

  Traffic traffic_;
  std::vector<Line> lines_;
  Totals totals_;
  std::size_t turn_ = 0;
  std::int64_t flows_made_ = 0;
};

}  // namespace generator
