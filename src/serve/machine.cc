#include "serve/machine.h"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <span>
#include <string_view>
#include <system_error>

namespace serve {
namespace {

bool is_zone_name(std::string_view name) {
  return !name.empty() && name.front() != '/' && name.find("..") == std::string_view::npos &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '/' || c == '_' || c == '+' || c == '-';
         });
}

// What follows "zoneinfo/" in a path; the path itself when it is a name already.
std::string_view after_zoneinfo(std::string_view path) {
  constexpr std::string_view kFolder = "zoneinfo/";
  const auto at = path.find(kFolder);
  return at == std::string_view::npos ? path : path.substr(at + kFolder.size());
}

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// The socket calls' pointer to an address of any family.
template <class SocketAddress>
sockaddr* as_sockaddr(SocketAddress& address) {
  return static_cast<sockaddr*>(static_cast<void*>(&address));
}

flow::Address v4_of(const std::byte* octets) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(octets[i]);
  return flow::Address::v4(value);
}

flow::Address v6_of(const std::byte* octets) {
  flow::Address address;
  for (int i = 0; i < 8; ++i) {
    address.hi = address.hi << 8 | std::to_integer<std::uint64_t>(octets[i]);
    address.lo = address.lo << 8 | std::to_integer<std::uint64_t>(octets[i + 8]);
  }
  return address;
}

// One RTM_NEWADDR of the kernel's answer; false: not one to tell of.
bool read_address(std::span<const std::byte> message, MachineAddress& told) {
  ifaddrmsg head{};
  if (message.size() < sizeof(head)) return false;
  std::memcpy(&head, message.data(), sizeof(head));
  const bool is_v4 = head.ifa_family == AF_INET;
  if (!is_v4 && head.ifa_family != AF_INET6) return false;
  if (head.ifa_scope != RT_SCOPE_UNIVERSE && head.ifa_scope != RT_SCOPE_SITE) return false;

  bool found = false;
  auto rest = message.subspan(NLMSG_ALIGN(sizeof(head)));
  while (rest.size() >= sizeof(rtattr)) {
    rtattr attribute{};
    std::memcpy(&attribute, rest.data(), sizeof(attribute));
    if (attribute.rta_len < sizeof(attribute) || attribute.rta_len > rest.size()) break;
    const auto value = rest.subspan(sizeof(attribute), attribute.rta_len - sizeof(attribute));
    // Of a point-to-point link IFA_ADDRESS is the other end.
    const bool is_own =
        attribute.rta_type == IFA_LOCAL || (attribute.rta_type == IFA_ADDRESS && !found);
    if (is_own && value.size() == (is_v4 ? 4u : 16u)) {
      told.address = is_v4 ? v4_of(value.data()) : v6_of(value.data());
      found = true;
    }
    rest = rest.subspan(std::min<std::size_t>(RTA_ALIGN(attribute.rta_len), rest.size()));
  }
  std::array<char, IF_NAMESIZE> name{};
  if (::if_indextoname(head.ifa_index, name.data()) != nullptr) told.interface = name.data();
  told.is_lent = is_v4 && (head.ifa_flags & IFA_F_PERMANENT) == 0;
  return found;
}

// False: the answer has ended.
bool read_answer(std::span<const std::byte> answer, std::vector<MachineAddress>& addresses) {
  while (answer.size() >= sizeof(nlmsghdr)) {
    nlmsghdr head{};
    std::memcpy(&head, answer.data(), sizeof(head));
    if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > answer.size()) return false;
    if (head.nlmsg_type == NLMSG_DONE || head.nlmsg_type == NLMSG_ERROR) return false;
    MachineAddress told;
    const auto message = answer.subspan(sizeof(head), head.nlmsg_len - sizeof(head));
    if (head.nlmsg_type == RTM_NEWADDR && read_address(message, told)) addresses.push_back(told);
    answer = answer.subspan(std::min<std::size_t>(NLMSG_ALIGN(head.nlmsg_len), answer.size()));
  }
  return true;
}

// Whose address goes out by the default route. Connecting a UDP socket sends nothing.
flow::Address default_address() {
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in somewhere{};
  somewhere.sin_family = AF_INET;
  somewhere.sin_port = htons(9);
  somewhere.sin_addr.s_addr = htonl(0xc0000201);  // 192.0.2.1
  if (::connect(socket.get(), as_sockaddr(somewhere), sizeof(somewhere)) != 0) return {};
  sockaddr_in own{};
  socklen_t length = sizeof(own);
  if (::getsockname(socket.get(), as_sockaddr(own), &length) != 0) return {};
  return flow::Address::v4(ntohl(own.sin_addr.s_addr));
}

}  // namespace

std::string machine_zone(const std::filesystem::path& root) {
  // Read before any thread that could change the environment; none of ours does.
  if (const char* set = std::getenv("TZ")) {  // NOLINT(concurrency-mt-unsafe)
    std::string_view name = set;
    if (name.starts_with(':')) name.remove_prefix(1);
    name = after_zoneinfo(name);
    if (is_zone_name(name)) return std::string(name);
  }
  std::error_code error;
  const std::string link = std::filesystem::read_symlink(root / "etc/localtime", error).string();
  if (!error && is_zone_name(after_zoneinfo(link))) return std::string(after_zoneinfo(link));
  std::ifstream file(root / "etc/timezone");
  std::string line;
  std::getline(file, line);
  return is_zone_name(line) ? line : "UTC";
}

std::vector<MachineAddress> machine_addresses() {
  const Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  struct {
    nlmsghdr head{};
    ifaddrmsg body{};
  } question;
  question.head.nlmsg_len = sizeof(question);
  question.head.nlmsg_type = RTM_GETADDR;
  question.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  if (::send(socket.get(), &question, sizeof(question), 0) < 0) return {};

  std::vector<MachineAddress> addresses;
  std::array<std::byte, 32'768> answer;
  while (true) {
    const auto octets = ::recv(socket.get(), answer.data(), answer.size(), 0);
    if (octets <= 0) break;
    if (!read_answer(std::span(answer).first(static_cast<std::size_t>(octets)), addresses)) break;
  }
  // Not of std::ranges: clang 14 does not compile that one of this library.
  std::stable_partition(
      addresses.begin(), addresses.end(),
      [first = default_address()](const MachineAddress& one) { return one.address == first; });
  return addresses;
}

}  // namespace serve
