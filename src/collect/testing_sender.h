#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>

namespace collect {

// A UDP socket of a test's own that sends to loopback.
class TestingSender {
 public:
  explicit TestingSender(int family)
      : family_(family), descriptor_(::socket(family, SOCK_DGRAM, 0)) {}
  ~TestingSender() { ::close(descriptor_); }
  TestingSender(const TestingSender&) = delete;
  TestingSender& operator=(const TestingSender&) = delete;

  void send(std::uint16_t port, std::span<const std::byte> payload) const {
    sockaddr_storage to{};
    socklen_t length = 0;
    if (family_ == AF_INET) {
      sockaddr_in v4{};
      v4.sin_family = AF_INET;
      v4.sin_port = htons(port);
      v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      length = sizeof(v4);
      std::memcpy(&to, &v4, sizeof(v4));
    } else {
      sockaddr_in6 v6{};
      v6.sin6_family = AF_INET6;
      v6.sin6_port = htons(port);
      v6.sin6_addr = in6addr_loopback;
      length = sizeof(v6);
      std::memcpy(&to, &v6, sizeof(v6));
    }
    const auto sent = ::sendto(descriptor_, payload.data(), payload.size(), 0,
                               static_cast<const sockaddr*>(static_cast<const void*>(&to)), length);
    EXPECT_EQ(sent, static_cast<ssize_t>(payload.size())) << std::strerror(errno);
  }

 private:
  int family_;
  int descriptor_;
};

}  // namespace collect
