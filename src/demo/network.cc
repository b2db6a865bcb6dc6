#include "demo/network.h"

#include <fmt/format.h>

#include <vector>

namespace demo {

void Network::advance(base::UnixMs until, const Send& send) {
  std::vector<Flow> flows;
  for (; at_ + kStepMs <= until; at_ += kStepMs) {
    const base::UnixMs now = at_ + kStepMs;
    flows.clear();
    for (const Report& report : household_.take_until(now)) {
      flows.push_back(report.flow);
      truth_.add(report.flow);
    }
    for (const Router::Octets& datagram : router_.tell(flows, now)) send(now, datagram);
  }
}

std::string Network::totals_json() const {
  return fmt::format("{{\"seed\":{},\"from\":{},\"until\":{},\"datagrams\":{},\"truth\":\n{}}}\n",
                     settings_.seed, settings_.begin, at_, datagrams(), truth_.to_json());
}

}  // namespace demo
