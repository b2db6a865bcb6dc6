#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "demo/flow.h"

namespace demo {

struct Volume {
  std::int64_t bytes = 0;
  std::int64_t packets = 0;
  std::int64_t flows = 0;

  Volume& operator+=(const Volume& other);
  bool operator==(const Volume&) const = default;
};

// Sums over everything told, as `weir query` defines them: a flow's volume lies evenly between its
// start and its end, it counts as one flow in the hour of its end; a host has what went in and out
// of it, so that what two of ours say to each other is at both.
class Truth {
 public:
  struct Cell {
    base::UnixMs hour;
    flow::Address host;
    App app;
    bool is_in;

    auto operator<=>(const Cell&) const = default;
  };

  void add(const Flow& flow);

  const std::map<Cell, Volume>& cells() const { return cells_; }
  // By hour.
  const std::map<std::pair<base::UnixMs, App>, Volume>& apps() const { return apps_; }
  const std::map<base::UnixMs, Volume>& hours() const { return hours_; }
  const Volume& all() const { return all_; }

  // One object: the sums, "hours", "applications" (of each hour), "hosts" and "cells" (hour, host,
  // application and direction).
  std::string to_json() const;
  // The same for people: by host, by application, by hour.
  std::string to_table(std::int64_t zone_offset_ms) const;

 private:
  std::map<Cell, Volume> cells_;
  std::map<std::pair<base::UnixMs, App>, Volume> apps_;
  std::map<base::UnixMs, Volume> hours_;
  Volume all_;
};

}  // namespace demo
