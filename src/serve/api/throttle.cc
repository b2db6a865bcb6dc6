#include "serve/api/throttle.h"

#include <algorithm>

namespace serve {

flow::Address client_network(const flow::Address& client) {
  return client.is_v4() ? client : flow::Address{.hi = client.hi, .lo = 0};
}

std::int64_t Throttle::closed_for(Window& window, std::size_t limit, base::UnixMs now) const {
  // A clock that was set back must not close the window for longer than it lasts.
  if (now >= window.start + limits_.window_ms || now < window.start) window = {now, 0};
  return window.tries < limit ? 0 : window.start + limits_.window_ms - now;
}

std::int64_t Throttle::take(const flow::Address& client, base::UnixMs now) {
  const std::lock_guard lock(mutex_);
  const flow::Address key = client_network(client);
  if (clients_.size() >= limits_.clients_max && !clients_.contains(key)) make_room(now);
  Window& window = clients_[key];
  const std::int64_t wait = std::max(closed_for(window, limits_.tries_per_client, now),
                                     closed_for(all_, limits_.tries_in_all, now));
  if (wait > 0) return wait;
  ++window.tries;
  ++all_.tries;
  return 0;
}

void Throttle::forgive(const flow::Address& client) {
  const std::lock_guard lock(mutex_);
  const auto window = clients_.find(client_network(client));
  if (window == clients_.end()) return;
  all_.tries -= std::min(all_.tries, window->second.tries);
  clients_.erase(window);
}

void Throttle::make_room(base::UnixMs now) {
  boost::unordered::erase_if(
      clients_, [&](const auto& entry) { return now >= entry.second.start + limits_.window_ms; });
  if (clients_.size() < limits_.clients_max) return;
  const auto oldest = std::min_element(
      clients_.begin(), clients_.end(),
      [](const auto& left, const auto& right) { return left.second.start < right.second.start; });
  clients_.erase(oldest);
  forgotten_.add();
}

std::size_t Throttle::clients() const {
  const std::lock_guard lock(mutex_);
  return clients_.size();
}

}  // namespace serve
