#include "know/dns_client.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

#include "base/check.h"
#include "know/dns_message.h"
#include "know/names.h"
#include "know/text_table.h"

namespace know {
namespace {

constexpr std::size_t kNamesMax = 16;  // of one answer

// ns_name_uncompress() writes what is no letter as "\." or "\032".
std::string without_escapes(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 >= text.size()) {
      plain += text[i];
      continue;
    }
    const auto digit = [&](std::size_t at) { return at < text.size() ? text[at] - '0' : -1; };
    const bool is_number = digit(i + 1) >= 0 && digit(i + 1) <= 2 && digit(i + 2) >= 0 &&
                           digit(i + 2) <= 9 && digit(i + 3) >= 0 && digit(i + 3) <= 9;
    if (is_number) {
      plain += static_cast<char>(digit(i + 1) * 100 + digit(i + 2) * 10 + digit(i + 3));
      i += 3;
    } else {
      plain += text[++i];
    }
  }
  return plain;
}

PtrAnswer::Kind kind_of(int status) {
  switch (status) {
    case ARES_ENODATA:
    case ARES_ENOTFOUND:
      return PtrAnswer::Kind::NoName;
    case ARES_EFORMERR:
    case ARES_ESERVFAIL:
    case ARES_ENOTIMP:
    case ARES_EREFUSED:
      return PtrAnswer::Kind::NoHelp;
    case ARES_EBADRESP:
      return PtrAnswer::Kind::Malformed;
    default:
      return PtrAnswer::Kind::Silent;
  }
}

struct Asked {
  std::string question;
  DnsClient::Done done;
};

void answered(void* asked_by, int status, int /*timeouts*/, unsigned char* octets, int length) {
  const std::unique_ptr<Asked> asked(static_cast<Asked*>(asked_by));
  if (status == ARES_EDESTRUCTION) return;
  if (status != ARES_SUCCESS) {
    return asked->done({.kind = kind_of(status), .detail = ares_strerror(status)});
  }
  asked->done(parse_ptr_answer({octets, octets + length}, asked->question));
}

}  // namespace

std::string reverse_name(const flow::Address& address) {
  if (address.is_v4()) {
    const std::uint32_t v4 = address.as_v4();
    return fmt::format("{}.{}.{}.{}.in-addr.arpa", v4 & 255, v4 >> 8 & 255, v4 >> 16 & 255,
                       v4 >> 24);
  }
  std::string name;
  for (const std::uint64_t half : {address.lo, address.hi}) {
    for (unsigned bit = 0; bit < 64; bit += 4) name += fmt::format("{:x}.", half >> bit & 15);
  }
  return name + "ip6.arpa";
}

PtrAnswer parse_ptr_answer(const std::vector<std::uint8_t>& octets, const std::string& question) {
  PtrAnswer answer{.kind = PtrAnswer::Kind::NoName};
  const auto malformed = [](std::string detail) {
    return PtrAnswer{.kind = PtrAnswer::Kind::Malformed, .detail = std::move(detail)};
  };
  ns_msg message{};
  if (ns_initparse(octets.data(), static_cast<int>(octets.size()), &message) != 0) {
    return malformed("no DNS message");
  }
  std::string owner = question;  // an alias leads on from it
  std::string refused;
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    ns_rr record{};
    if (ns_parserr(&message, ns_s_an, i, &record) != 0) return malformed("a cut DNS message");
    if (ns_rr_class(record) != ns_c_in || !same_name(ns_rr_name(record), owner)) continue;
    if (ns_rr_type(record) != ns_t_ptr && ns_rr_type(record) != ns_t_cname) continue;
    const std::string target = name_at(message, ns_rr_rdata(record));
    if (ns_rr_type(record) == ns_t_cname) {
      owner = target;
      continue;
    }
    const std::string plain = without_escapes(target);
    const auto name = host_name(plain);
    if (!name) {
      refused = shown_text(plain);
    } else if (answer.names.size() < kNamesMax) {
      const auto ttl = static_cast<std::uint32_t>(ns_rr_ttl(record));
      answer.ttl_s = answer.names.empty() ? ttl : std::min(answer.ttl_s, ttl);
      answer.names.push_back(*name);
    }
  }
  if (!answer.names.empty()) {
    std::ranges::sort(answer.names);
    answer.kind = PtrAnswer::Kind::Names;
  } else if (!refused.empty()) {
    return malformed(refused);
  }
  return answer;
}

// One server, asked by a channel of its own: c-ares would go on to the next by its own rules.
class DnsClient::Channel {
 public:
  explicit Channel(const state::Endpoint& server) {
    ares_options options{};
    // NOCHECKRESP: that a server refuses is its answer too.
    options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP;
    options.timeout = kTimeoutMs;
    options.tries = kTries;
    options.lookups = const_cast<char*>("b");  // copied, not written
    options.ndots = 0;
    options.sock_state_cb = [](void* self, ares_socket_t socket, int readable, int writable) {
      static_cast<Channel*>(self)->set(socket, readable != 0, writable != 0);
    };
    options.sock_state_cb_data = this;
    const int kept = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
                     ARES_OPT_NDOTS | ARES_OPT_SOCK_STATE_CB;
    if (ares_init_options(&channel_, &options, kept) != ARES_SUCCESS) {
      channel_ = nullptr;
      return;
    }
    ares_addr_port_node node{};
    node.udp_port = node.tcp_port = server.port;
    if (server.address.is_v4()) {
      node.family = AF_INET;
      node.addr.addr4.s_addr = htonl(server.address.as_v4());
    } else {
      node.family = AF_INET6;
      for (unsigned i = 0; i < 8; ++i) {
        const unsigned shift = 56 - 8 * i;
        node.addr.addr6._S6_un._S6_u8[i] = static_cast<unsigned char>(server.address.hi >> shift);
        node.addr.addr6._S6_un._S6_u8[8 + i] =
            static_cast<unsigned char>(server.address.lo >> shift);
      }
    }
    if (ares_set_servers_ports(channel_, &node) != ARES_SUCCESS) {
      ares_destroy(channel_);
      channel_ = nullptr;
    }
  }
  ~Channel() {
    if (channel_ != nullptr) ares_destroy(channel_);
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  void ask(const std::string& question, Done done) {
    if (channel_ == nullptr) return done({.kind = PtrAnswer::Kind::Silent});
    auto asked = std::make_unique<Asked>(Asked{question, std::move(done)});
    ares_query(channel_, question.c_str(), ns_c_in, ns_t_ptr, answered, asked.release());
  }
  void add_waits(std::vector<pollfd>& waits) const {
    for (const auto& [socket, events] : sockets_) waits.push_back({socket, events, 0});
  }
  int wait_ms() const {
    if (channel_ == nullptr) return -1;
    timeval room{};
    const timeval* wait = ares_timeout(channel_, nullptr, &room);
    if (wait == nullptr) return -1;
    return static_cast<int>(wait->tv_sec * 1'000 + (wait->tv_usec + 999) / 1'000);
  }
  void process(const std::vector<pollfd>& waits) {
    if (channel_ == nullptr) return;
    for (const pollfd& wait : waits) {
      if (wait.revents == 0 || !sockets_.contains(wait.fd)) continue;
      const bool can_read = (wait.revents & (POLLIN | POLLERR | POLLHUP)) != 0;
      const bool can_write = (wait.revents & POLLOUT) != 0;
      ares_process_fd(channel_, can_read ? wait.fd : ARES_SOCKET_BAD,
                      can_write ? wait.fd : ARES_SOCKET_BAD);
    }
    ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // what has taken too long
  }

 private:
  void set(ares_socket_t socket, bool readable, bool writable) {
    const int events = (readable ? POLLIN : 0) | (writable ? POLLOUT : 0);
    if (events == 0) {
      sockets_.erase(socket);
    } else {
      sockets_[socket] = static_cast<short>(events);
    }
  }

  ares_channel channel_ = nullptr;  // null: it could not be had
  std::map<int, short> sockets_;
};

DnsClient::DnsClient() {
  // Once a process; counted by c-ares, so that it may be called again.
  CHECK(ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS);
}

DnsClient::~DnsClient() {
  channels_.clear();
  ares_library_cleanup();
}

void DnsClient::ask(const state::Endpoint& server, const flow::Address& address, Done done) {
  auto found = channels_.find(server);
  if (found == channels_.end()) {
    if (channels_.size() >= kServersMax) return done({.kind = PtrAnswer::Kind::Silent});
    found = channels_.emplace(server, std::make_unique<Channel>(server)).first;
  }
  found->second->ask(reverse_name(address), std::move(done));
}

void DnsClient::add_waits(std::vector<pollfd>& waits) const {
  for (const auto& [server, channel] : channels_) channel->add_waits(waits);
}

int DnsClient::wait_ms() const {
  int least = -1;
  for (const auto& [server, channel] : channels_) {
    const int wait = channel->wait_ms();
    if (wait >= 0 && (least < 0 || wait < least)) least = wait;
  }
  return least;
}

void DnsClient::process(const std::vector<pollfd>& waits) {
  for (const auto& [server, channel] : channels_) channel->process(waits);
}

}  // namespace know
