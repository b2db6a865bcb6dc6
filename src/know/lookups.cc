#include "know/lookups.h"

#include <algorithm>

namespace know {
namespace {

constexpr std::int64_t kTokenMs = base::kMsPerSecond / Lookups::kPerSecond;
constexpr std::int64_t kTokensMaxMs = Lookups::kBurst * kTokenMs;

bool has_new(const NameServers& now, const NameServers& before) {
  const auto is_new = [&](const flow::Address& exporter) {
    return std::ranges::find(before.exporters, exporter) == before.exporters.end();
  };
  return std::ranges::any_of(now.exporters, is_new) || now.gateways != before.gateways ||
         now.system != before.system || now.of_networks != before.of_networks;
}

}  // namespace

void Lookups::set_servers(NameServers servers) {
  if (has_new(servers, servers_)) {
    for (auto& [address, known] : known_) {
      if (known.name.empty()) known.due = 0;
    }
  }
  servers_ = std::move(servers);
}

void Lookups::want(std::span<const flow::Address> addresses, const LocalNetworks& networks,
                   base::UnixMs now) {
  for (const flow::Address& address : addresses) {
    const auto found = known_.find(address);
    if (found != known_.end() && (found->second.is_waiting || now < found->second.due)) continue;
    auto& queue = networks.is_local(address) ? local_ : remote_;
    if (queue.size() >= kWaitingMax) {
      ++not_queued_;
      continue;
    }
    if (found == known_.end() && known_.size() >= kRememberedMax) {
      std::erase_if(
          known_, [&](const auto& one) { return !one.second.is_waiting && one.second.due <= now; });
      if (known_.size() >= kRememberedMax) {
        ++not_queued_;
        continue;
      }
    }
    known_[address].is_waiting = true;
    queue.push_back(address);
  }
}

bool Lookups::take_token(base::UnixMs now) {
  tokens_ms_ = std::min(kTokensMaxMs, tokens_ms_ + std::max<std::int64_t>(0, now - tokens_at_));
  tokens_at_ = now;
  if (tokens_ms_ < kTokenMs) return false;
  tokens_ms_ -= kTokenMs;
  return true;
}

Lookups::Server& Lookups::server_of(const state::Endpoint& endpoint) {
  Server& server = by_server_[endpoint];
  server.view.server = endpoint;
  return server;
}

// The first that was not asked and is not left alone; empty: none is left.
std::optional<state::Endpoint> Lookups::server_for(const flow::Address& address,
                                                   const LocalNetworks& networks,
                                                   base::UnixMs now) {
  Under& under = under_way_[address];
  for (const state::Endpoint& endpoint : servers_.for_address(address, networks)) {
    if (std::ranges::find(under.tried, endpoint) != under.tried.end()) continue;
    const Server& server = server_of(endpoint);
    if (now < server.again) {
      under.has_failed = true;
      continue;
    }
    return endpoint;
  }
  return std::nullopt;
}

std::optional<Lookups::Question> Lookups::next(const LocalNetworks& networks, base::UnixMs now) {
  while (asked_ < kAskedAtOnce) {
    auto* queue = !again_.empty() ? &again_ : !local_.empty() ? &local_ : &remote_;
    if (queue->empty()) return std::nullopt;
    const flow::Address address = queue->front();
    const auto server = server_for(address, networks, now);
    if (!server) {
      queue->pop_front();
      const bool has_failed = under_way_[address].has_failed;
      conclude(address, now + (has_failed ? kFailedMs : kNoNameMs));
      continue;
    }
    if (!take_token(now)) return std::nullopt;
    queue->pop_front();
    under_way_[address].tried.push_back(*server);
    ++server_of(*server).view.asked;
    ++asked_;
    return Question{address, *server};
  }
  return std::nullopt;
}

std::int64_t Lookups::next_ms(base::UnixMs now) const {
  if (waiting() == 0 || asked_ >= kAskedAtOnce) return -1;
  return std::clamp<std::int64_t>(kTokenMs - tokens_ms_ - (now - tokens_at_), 0, kTokenMs);
}

void Lookups::conclude(const flow::Address& address, base::UnixMs due) {
  under_way_.erase(address);
  Known& known = known_[address];
  known.is_waiting = false;
  known.due = due;
}

std::optional<std::string> Lookups::answered(const Question& question, const PtrAnswer& answer,
                                             base::UnixMs now) {
  using Kind = PtrAnswer::Kind;
  --asked_;
  Server& server = server_of(question.server);
  ServerView& view = server.view;
  Under& under = under_way_[question.address];
  if (answer.kind == Kind::Silent) {
    ++view.silent;
    under.has_failed = true;
    if (++server.silences >= kSilentMax) {
      if (view.silent_since == 0) view.silent_since = now;
      const int times = std::min(server.silences - kSilentMax, 10);
      server.again = now + std::min(kLeftAloneMaxMs, kLeftAloneMs << times);
    }
  } else {
    server.silences = 0;
    server.again = 0;
    view.silent_since = 0;
  }
  if (answer.kind == Kind::NoName) ++view.no_names;
  if (answer.kind == Kind::NoHelp) ++view.no_help;
  if (answer.kind == Kind::Malformed) {
    ++view.malformed;
    view.last_malformed = answer.detail;
    view.last_malformed_for = question.address;
    view.last_malformed_at = now;
    under.has_failed = true;
  }
  if (answer.kind != Kind::Names) {
    again_.push_back(question.address);
    return std::nullopt;
  }
  ++view.names;
  Known& known = known_[question.address];
  // Several names: it keeps the one that it has.
  if (std::ranges::find(answer.names, known.name) == answer.names.end()) {
    known.name = answer.names.front();
  }
  const std::int64_t ttl_ms = std::int64_t{answer.ttl_s} * base::kMsPerSecond;
  std::string name = known.name;
  conclude(question.address, now + std::clamp(ttl_ms, kTtlMinMs, kTtlMaxMs));
  return name;
}

std::vector<ServerView> Lookups::servers() const {
  std::vector<ServerView> views;
  for (const auto& [endpoint, server] : by_server_) views.push_back(server.view);
  return views;
}

}  // namespace know
