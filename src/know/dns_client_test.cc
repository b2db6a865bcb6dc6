#include "know/dns_client.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <string_view>
#include <thread>

namespace know {
namespace {

using Octets = std::vector<std::uint8_t>;
using Kind = PtrAnswer::Kind;
using testing::ElementsAre;

flow::Address address_at(std::string_view text) {
  return flow::parse_address(text).value();
}

// A name as labels; what follows the last dot too.
Octets labels(std::string_view name) {
  Octets octets;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find('.'), name.size());
    octets.push_back(static_cast<std::uint8_t>(end));
    octets.insert(octets.end(), name.begin(), name.begin() + static_cast<std::ptrdiff_t>(end));
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  octets.push_back(0);
  return octets;
}

void add(Octets& to, const Octets& more) {
  to.insert(to.end(), more.begin(), more.end());
}

struct Record {
  std::string owner;
  std::uint8_t type;  // 12 PTR, 5 CNAME
  std::string target;
  std::uint8_t ttl_s = 60;
};

// An answer of RFC 1035 to a question for PTR.
Octets answer_to(const std::string& question, const std::vector<Record>& records,
                 std::uint8_t status = 0) {
  Octets octets = {0, 7, 0x81, static_cast<std::uint8_t>(0x80 | status),
                   0, 1, 0,    static_cast<std::uint8_t>(records.size()),
                   0, 0, 0,    0};
  add(octets, labels(question));
  add(octets, {0, 12, 0, 1});
  for (const Record& record : records) {
    const Octets target = labels(record.target);
    add(octets, labels(record.owner));
    add(octets,
        {0, record.type, 0, 1, 0, 0, 0, record.ttl_s, 0, static_cast<std::uint8_t>(target.size())});
    add(octets, target);
  }
  return octets;
}

const std::string kQuestion = "5.1.168.192.in-addr.arpa";

TEST(ReverseName, HasTheLastOctetFirst) {
  EXPECT_EQ(reverse_name(address_at("192.168.1.5")), kQuestion);
  EXPECT_EQ(reverse_name(address_at("2001:db8::567:89ab")),
            "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}

TEST(PtrAnswers, NamesAndTheShortestTtl) {
  const auto answer = parse_ptr_answer(
      answer_to(kQuestion, {{kQuestion, 12, "nas.lan", 90}, {kQuestion, 12, "disks.lan", 60}}),
      kQuestion);
  EXPECT_EQ(answer.kind, Kind::Names);
  EXPECT_THAT(answer.names, ElementsAre("disks.lan", "nas.lan"));
  EXPECT_EQ(answer.ttl_s, 60u);
}

TEST(PtrAnswers, FollowAliasesAndNothingElse) {
  const auto aliased =
      parse_ptr_answer(answer_to(kQuestion, {{kQuestion, 5, "5.0-25.1.168.192.in-addr.arpa"},
                                             {"5.0-25.1.168.192.IN-ADDR.arpa", 12, "nas.lan"}}),
                       kQuestion);
  EXPECT_THAT(aliased.names, ElementsAre("nas.lan"));
  const auto of_another = parse_ptr_answer(
      answer_to(kQuestion, {{"6.1.168.192.in-addr.arpa", 12, "bank.example"}}), kQuestion);
  EXPECT_EQ(of_another.kind, Kind::NoName);
}

TEST(PtrAnswers, WhatIsNoHostNameIsToldAsText) {
  const auto script = parse_ptr_answer(
      answer_to(kQuestion, {{kQuestion, 12, "<script>alert(1)</script>"}}), kQuestion);
  EXPECT_EQ(script.kind, Kind::Malformed);
  EXPECT_EQ(script.detail, "<script>alert(1)</script>");
  const auto control =
      parse_ptr_answer(answer_to(kQuestion, {{kQuestion, 12, "a\nb\x1b[31m"}}), kQuestion);
  EXPECT_EQ(control.detail, "a?b?[31m");
  const auto both = parse_ptr_answer(
      answer_to(kQuestion, {{kQuestion, 12, "<b>"}, {kQuestion, 12, "nas.lan"}}), kQuestion);
  EXPECT_THAT(both.names, ElementsAre("nas.lan"));
}

TEST(PtrAnswers, CutAnywhereAreMalformed) {
  const Octets whole = answer_to(kQuestion, {{kQuestion, 12, "nas.lan"}});
  for (std::size_t octets = 0; octets < whole.size(); ++octets) {
    const Octets cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(octets));
    EXPECT_EQ(parse_ptr_answer(cut, kQuestion).kind, Kind::Malformed) << octets;
  }
}

// A name server on loopback that answers as it is told, on a thread of its own.
class TestNameServer {
 public:
  explicit TestNameServer(std::function<Octets(Octets)> answer) : answer_(std::move(answer)) {
    socket_ = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    void* const place = &here;
    EXPECT_EQ(::bind(socket_, static_cast<sockaddr*>(place), size), 0);
    EXPECT_EQ(::getsockname(socket_, static_cast<sockaddr*>(place), &size), 0);
    endpoint_ = {address_at("127.0.0.1"), ntohs(here.sin_port)};
    thread_ = std::jthread([this] { run(); });
  }
  ~TestNameServer() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  TestNameServer(const TestNameServer&) = delete;
  TestNameServer& operator=(const TestNameServer&) = delete;

  state::Endpoint endpoint() const { return endpoint_; }

 private:
  void run() {
    for (;;) {
      Octets asked(512);
      sockaddr_in from{};
      socklen_t size = sizeof from;
      void* const place = &from;
      const auto count =
          ::recvfrom(socket_, asked.data(), asked.size(), 0, static_cast<sockaddr*>(place), &size);
      if (count <= 0) return;
      asked.resize(static_cast<std::size_t>(count));
      const Octets said = answer_(asked);
      if (said.empty()) continue;
      ::sendto(socket_, said.data(), said.size(), 0, static_cast<sockaddr*>(place), size);
    }
  }

  const std::function<Octets(Octets)> answer_;
  int socket_ = -1;
  state::Endpoint endpoint_;
  std::jthread thread_;
};

// The answer with the question's own number, which a client looks at.
Octets with_number_of(const Octets& question, Octets answer) {
  std::copy_n(question.begin(), 2, answer.begin());
  return answer;
}

PtrAnswer ask_once(const state::Endpoint& server, std::string_view address) {
  DnsClient client;
  std::optional<PtrAnswer> came;
  client.ask(server, address_at(address), [&](const PtrAnswer& answer) { came = answer; });
  std::vector<pollfd> waits;
  while (!came) {
    waits.clear();
    client.add_waits(waits);
    ::poll(waits.data(), waits.size(), client.wait_ms());
    client.process(waits);
  }
  return *came;
}

TEST(DnsClient, AsksAServerAndGivesItsName) {
  const TestNameServer server([](const Octets& asked) {
    return with_number_of(asked, answer_to(kQuestion, {{kQuestion, 12, "nas.lan"}}));
  });
  const PtrAnswer answer = ask_once(server.endpoint(), "192.168.1.5");
  EXPECT_EQ(answer.kind, Kind::Names);
  EXPECT_THAT(answer.names, ElementsAre("nas.lan"));
}

TEST(DnsClient, TellsWhatKindOfNothingCame) {
  const TestNameServer knows_none(
      [](const Octets& asked) { return with_number_of(asked, answer_to(kQuestion, {}, 3)); });
  EXPECT_EQ(ask_once(knows_none.endpoint(), "192.168.1.5").kind, Kind::NoName);
  const TestNameServer refuses(
      [](const Octets& asked) { return with_number_of(asked, answer_to(kQuestion, {}, 5)); });
  EXPECT_EQ(ask_once(refuses.endpoint(), "192.168.1.5").kind, Kind::NoHelp);
}

TEST(DnsClient, NobodyIsThere) {
  state::Endpoint gone;
  {
    const TestNameServer server([](const Octets&) { return Octets(); });
    gone = server.endpoint();
  }
  EXPECT_EQ(ask_once(gone, "192.168.1.5").kind, Kind::Silent);
}

}  // namespace
}  // namespace know
