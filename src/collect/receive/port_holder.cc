#include "collect/receive/port_holder.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>

namespace collect {
namespace {

struct SocketOwner {
  std::string inode;
  std::string user;
};

// "00000000:0807" -> 0x0807
std::optional<std::uint16_t> port_of(std::string_view address) {
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto digits = address.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port, 16);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return port;
}

// The table's columns: sl local rem st tx:rx tr:when retrnsmt uid timeout inode …
std::optional<SocketOwner> find_socket(const char* table, std::uint16_t port) {
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);  // the heading
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string slot;
    std::string local;
    std::string skipped;
    SocketOwner owner;
    fields >> slot >> local >> skipped >> skipped >> skipped >> skipped >> skipped >> owner.user >>
        skipped >> owner.inode;
    if (fields && port_of(local) == port) return owner;
  }
  return std::nullopt;
}

bool holds_socket(const std::filesystem::path& process, const std::string& inode) {
  const std::string wanted = fmt::format("socket:[{}]", inode);
  std::error_code error;
  for (std::filesystem::directory_iterator entry(process / "fd", error), end;
       !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    if (std::filesystem::read_symlink(entry->path(), gone) == wanted) return true;
  }
  return false;
}

std::optional<std::string> find_process(const std::string& inode) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (!holds_socket(entry->path(), inode)) continue;
    std::ifstream file(entry->path() / "comm");
    std::string command;
    std::getline(file, command);
    return fmt::format("{} (process {})", command, name);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> find_udp_port_holder(std::uint16_t port) {
  for (const char* table : {"/proc/net/udp", "/proc/net/udp6"}) {
    const auto owner = find_socket(table, port);
    if (!owner) continue;
    if (auto process = find_process(owner->inode)) return process;
    return fmt::format("a process of user {}", owner->user);
  }
  return std::nullopt;
}

}  // namespace collect
