#include "serve/api/hosts.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/letters.h"

namespace serve {
namespace {

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<std::string_view> host_without_port(std::string_view host) {
  std::string_view name = host;
  std::string_view rest;
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    name = host.substr(1, end - 1);
    rest = host.substr(end + 1);
  } else if (const std::size_t colon = host.find(':'); colon != std::string_view::npos) {
    name = host.substr(0, colon);
    rest = host.substr(colon);
  }
  const bool port_fits = rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
  if (name.empty() || !port_fits) return std::nullopt;
  return name;
}

Hosts::Hosts(const std::vector<std::string>& names) : names_{"localhost"} {
  for (const std::string& name : names) names_.push_back(base::lower(name));
  std::array<char, 256> own{};
  if (::gethostname(own.data(), own.size() - 1) != 0) return;
  names_.push_back(base::lower(own.data()));
  names_.push_back(names_.back() + ".local");
}

bool is_loopback(const flow::Address& address) {
  return address.is_v4() ? address.as_v4() >> 24 == 127 : address.hi == 0 && address.lo == 1;
}

bool Hosts::ours(std::string_view host, const Peer& peer) const {
  const auto name = host_without_port(host);
  if (!name) return false;
  if (const auto address = flow::parse_address(*name)) {
    if (is_loopback(*address) || *address == peer.local) return true;
  }
  std::string wanted = base::lower(*name);
  if (wanted.ends_with('.')) wanted.pop_back();  // a fully qualified name may end so
  return std::find(names_.begin(), names_.end(), wanted) != names_.end();
}

}  // namespace serve
