#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "serve/api/http.h"

namespace serve {

// The names and addresses under which we answer. A page of somebody else's site whose name was made
// to point at us (DNS rebinding) comes with that site's name in Host, and is refused.
class Hosts {
 public:
  // The machine's own name, that name below .local, and localhost are ours besides `names`.
  explicit Hosts(const std::vector<std::string>& names);

  // `host` as the header says it, with or without a port. Loopback addresses and the address that
  // the client reached us by are ours.
  bool ours(std::string_view host, const Peer& peer) const;

 private:
  std::vector<std::string> names_;  // in lower case
};

// "name:port", "[::1]:port" without the port. Empty optional: not of that form.
std::optional<std::string_view> host_without_port(std::string_view host);

// 127.0.0.0/8 or ::1.
bool is_loopback(const flow::Address& address);

}  // namespace serve
