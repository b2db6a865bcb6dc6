#include "collect/receive/refused_senders.h"

#include <algorithm>
#include <functional>

namespace collect {

void RefusedSenders::add(const flow::Address& sender, std::uint16_t port, base::UnixMs received) {
  ++datagrams_;
  auto found = std::ranges::find(kept_, sender, &flow::RefusedSender::sender);
  if (found == kept_.end() && kept_.size() < kKept) {
    found = kept_.insert(found, {.sender = sender});
  } else if (found == kept_.end()) {
    found = std::ranges::min_element(kept_, {}, &flow::RefusedSender::datagrams);
    *found = {.sender = sender};
  }
  ++found->datagrams;
  found->port = port;
  found->last_seen = received;
}

std::vector<flow::RefusedSender> RefusedSenders::view() const {
  std::vector<flow::RefusedSender> all = kept_;
  std::ranges::stable_sort(all, std::ranges::greater{}, &flow::RefusedSender::datagrams);
  return all;
}

}  // namespace collect
