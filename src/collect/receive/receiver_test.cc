#include "collect/receive/receiver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "collect/journal/segment_reader.h"
#include "collect/receive/port_holder.h"
#include "collect/testing_datagrams.h"
#include "collect/testing_sender.h"

namespace collect {
namespace {

using testing::HasSubstr;

state::Endpoint loopback(std::uint16_t port = 0) {
  return {flow::Address::v4(0x7f000001), port};
}

class ReceiverTest : public testing::Test {
 protected:
  ReceiverTest() {
    auto name = (std::filesystem::temp_directory_path() / "weir-receive-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    journal_ = Journal::open({folder_, 0, std::uint64_t{64} << 20}, budget_).value();
    marks_.emplace(ReplayMarks::open(folder_).value());
    worker_ = std::make_unique<Worker>(0, knowledge_, *marks_, committed_,
                                       [this](flow::Handover handover) { take(handover); });
    worker_->inbox().end_replay();
    options_.listen = {loopback()};
    options_.buffer_octets = 1 << 20;
  }
  ~ReceiverTest() override { std::filesystem::remove_all(folder_); }

  void take(flow::Handover& handover) {
    if (auto* batch = std::get_if<std::unique_ptr<flow::Batch>>(&handover.what)) {
      rows_ += (*batch)->rows();
      for (std::size_t row = 0; row < (*batch)->rows(); ++row) {
        received_.push_back((*batch)->record(row).received);
        exporters_.push_back((*batch)->record(row).exporter);
      }
      batch_segments_.push_back((*batch)->segment);
    } else {
      done_segments_.push_back(std::get<flow::SegmentDone>(handover.what).segment);
    }
  }
  std::unique_ptr<Receiver> opened() {
    auto receiver =
        std::make_unique<Receiver>(options_, *journal_, std::vector{worker_.get()}, replay_);
    EXPECT_THAT(receiver->open_ports(), testing::IsEmpty());
    return receiver;
  }
  // Takes what waits in the sockets, and no more, to its end.
  void run_to_end(Receiver& receiver) {
    std::stop_source stop;
    stop.request_stop();
    receiver.run(stop.get_token());
    worker_->run();
  }
  static std::uint16_t port_of(const Receiver& receiver) {
    const auto address = receiver.ports().front().address;
    return state::parse_endpoint(address).value().port;
  }
  static base::UnixMs now_ms() { return base::SystemClock().now_ms(); }

  std::filesystem::path folder_;
  base::DiskBudget budget_{std::uint64_t{1} << 30};
  std::unique_ptr<Journal> journal_;
  std::optional<ReplayMarks> marks_;
  Knowledge knowledge_;
  std::atomic<std::uint64_t> committed_{0};
  ReplayStatus replay_;
  Receiver::Options options_;
  std::unique_ptr<Worker> worker_;

  std::uint64_t rows_ = 0;
  std::vector<base::UnixMs> received_;
  std::vector<flow::Address> exporters_;
  std::vector<std::uint64_t> batch_segments_;
  std::vector<std::uint64_t> done_segments_;
};

TEST_F(ReceiverTest, SendsWhatItTakesToJournalAndWorkerAndEndsWithABarrier) {
  auto receiver = opened();
  const TestingSender sender(AF_INET);
  for (std::uint32_t i = 0; i < 100; ++i) {
    sender.send(port_of(*receiver), netflow5_datagram(2, 2 * i, now_ms()));
  }
  run_to_end(*receiver);
  EXPECT_EQ(rows_, 200u);
  EXPECT_THAT(batch_segments_, testing::Each(1));
  EXPECT_THAT(done_segments_, testing::ElementsAre(1));
  EXPECT_TRUE(std::ranges::is_sorted(received_));
  const auto view = receiver->view().get();
  EXPECT_EQ(view->ports[0].datagrams, 100u);
  EXPECT_EQ(view->ports[0].octets, 100u * (24 + 2 * 48));
  EXPECT_EQ(view->segments_waiting, 1u);
  auto reader = SegmentReader::open(segment_path(folder_, 1));
  ASSERT_TRUE(reader);
  int journalled = 0;
  while (reader->next()) ++journalled;
  EXPECT_EQ(journalled, 100);
}

TEST_F(ReceiverTest, OnePortTakesBothFamiliesAndAnIpv4ExporterIsIpv4) {
  options_.listen = {{{}, 0}};
  auto receiver = opened();
  TestingSender(AF_INET).send(port_of(*receiver), netflow5_datagram(1, 0, now_ms()));
  TestingSender(AF_INET6).send(port_of(*receiver), netflow5_datagram(1, 0, now_ms()));
  run_to_end(*receiver);
  EXPECT_THAT(exporters_, testing::UnorderedElementsAre(flow::Address::v4(0x7f000001),
                                                        flow::Address{.hi = 0, .lo = 1}));
}

TEST_F(ReceiverTest, RefusesUnknownVersionsAndSendersBeforeTheJournal) {
  options_.senders.deny = {*flow::parse_network("::1")};
  options_.listen = {{{}, 0}};
  auto receiver = opened();
  const TestingSender v4(AF_INET);
  v4.send(port_of(*receiver), std::array{std::byte{0}, std::byte{4}, std::byte{0xab}});
  v4.send(port_of(*receiver), std::array{std::byte{9}});
  v4.send(port_of(*receiver), {});
  TestingSender(AF_INET6).send(port_of(*receiver), netflow5_datagram(1, 0, now_ms()));
  run_to_end(*receiver);
  EXPECT_EQ(rows_, 0u);
  const auto view = receiver->view().get();
  EXPECT_EQ(view->unknown_versions, 3u);
  EXPECT_EQ(view->refused_senders, 1u);
  ASSERT_EQ(view->refused_by_sender.size(), 1u);
  EXPECT_EQ(view->refused_by_sender[0].sender, (flow::Address{.hi = 0, .lo = 1}));
  EXPECT_EQ(view->refused_by_sender[0].port, port_of(*receiver));
  EXPECT_EQ(view->last_refused.sender, (flow::Address{.hi = 0, .lo = 1}));
  EXPECT_THAT(view->last_refused.reason, HasSubstr("exporters.learn"));
  EXPECT_EQ(view->last_refused.first_octets.substr(0, 8), "00050001");
  EXPECT_EQ(view->last_refused_sender.sender, view->last_refused.sender);
  EXPECT_EQ(view->last_unknown.sender, flow::Address::v4(0x7f000001));
  EXPECT_EQ(view->last_unknown.first_octets, "");
  EXPECT_EQ(journal_->used_octets(), 0u);
}

TEST_F(ReceiverTest, WithoutLearningTakesOnlyWhoIsAllowed) {
  options_.senders = {.learn = false, .allow = {*flow::parse_network("127.0.0.1")}, .deny = {}};
  options_.listen = {{{}, 0}};
  auto receiver = opened();
  TestingSender(AF_INET).send(port_of(*receiver), netflow5_datagram(1, 0, now_ms()));
  TestingSender(AF_INET6).send(port_of(*receiver), netflow5_datagram(1, 0, now_ms()));
  run_to_end(*receiver);
  EXPECT_EQ(rows_, 1u);
  EXPECT_EQ(receiver->view().get()->refused_senders, 1u);
}

TEST_F(ReceiverTest, DropsAndCountsWhenTheWorkerIsBehindBeforeTheJournal) {
  auto receiver = opened();
  for (std::size_t i = 0; i < Inbox::kBurstsMax; ++i) {
    worker_->inbox().push_live(std::make_unique<Burst>());
  }
  TestingSender(AF_INET).send(port_of(*receiver), netflow5_datagram(1, 0, now_ms()));
  run_to_end(*receiver);
  EXPECT_EQ(rows_, 0u);
  EXPECT_EQ(receiver->view().get()->worker_channel_full, 1u);
  EXPECT_EQ(journal_->used_octets(), 0u);
}

TEST_F(ReceiverTest, WhatTheJournalCannotTakeIsCountedAndNotDecoded) {
  journal_.reset();
  journal_ = Journal::open({folder_, 0, 200}, budget_).value();
  auto receiver = opened();
  TestingSender(AF_INET).send(port_of(*receiver), netflow5_datagram(5, 0, now_ms()));
  run_to_end(*receiver);
  EXPECT_EQ(rows_, 0u);
  const auto view = receiver->view().get();
  EXPECT_EQ(view->journal_refused, 1u);
  EXPECT_THAT(view->journal_problem, HasSubstr("share of store.budget"));
}

TEST_F(ReceiverTest, AFullSegmentIsClosedByABarrierAndTheNextOneBegun) {
  journal_.reset();
  journal_ = Journal::open({folder_, 0, 40'000}, budget_).value();  // segments of 10,000
  auto receiver = opened();
  const TestingSender sender(AF_INET);
  for (std::uint32_t i = 0; i < 100; ++i) {
    sender.send(port_of(*receiver), netflow5_datagram(2, 2 * i, now_ms()));
  }
  run_to_end(*receiver);
  EXPECT_EQ(rows_, 200u);
  EXPECT_THAT(done_segments_, testing::ElementsAre(1, 2));
  EXPECT_THAT(batch_segments_, testing::ElementsAre(1, 2));
  EXPECT_EQ(list_segments(folder_).size(), 2u);
}

TEST_F(ReceiverTest, TimesOfReceiptNeverFallBelowThoseOfTheStore) {
  const base::UnixMs later = now_ms() + base::kMsPerHour;
  options_.last_received_ns = later * base::kNsPerMs;
  auto receiver = opened();
  TestingSender(AF_INET).send(port_of(*receiver), netflow5_datagram(1, 0, now_ms()));
  run_to_end(*receiver);
  EXPECT_THAT(received_, testing::ElementsAre(later));
}

TEST_F(ReceiverTest, ReceivesWhileItRunsAndStopsWhenAsked) {
  auto receiver = opened();
  const std::uint16_t port = port_of(*receiver);
  std::jthread receiving([&](std::stop_token stop) { receiver->run(stop); });
  std::jthread working([&] { worker_->run(); });
  const TestingSender sender(AF_INET);
  constexpr std::uint32_t kDatagrams = 2'000;
  for (std::uint32_t i = 0; i < kDatagrams; ++i) {
    sender.send(port, netflow5_datagram(1, i, now_ms()));
  }
  receiving.request_stop();
  receiving.join();
  working.join();
  const auto view = receiver->view().get();
  EXPECT_EQ(rows_ + view->worker_channel_full + view->ports[0].kernel_drops, kDatagrams);
  EXPECT_EQ(view->ports[0].datagrams + view->ports[0].kernel_drops, kDatagrams);
}

TEST_F(ReceiverTest, ATakenPortIsNamedWithItsHolderAndBoundOnceItIsFree) {
  UdpPort holder(loopback(), 1 << 16);
  ASSERT_TRUE(holder.open());
  options_.listen = {loopback(holder.port())};
  options_.bind_retry_ms = 1;
  Receiver receiver(options_, *journal_, {worker_.get()}, replay_);
  const auto errors = receiver.open_ports();
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].errno_value, EADDRINUSE);
  EXPECT_THAT(errors[0].detail, HasSubstr(std::to_string(::getpid())));
  EXPECT_FALSE(receiver.ports()[0].bound);
  EXPECT_THAT(receiver.ports()[0].problem, HasSubstr("held by"));
  EXPECT_THAT(receiver.ports()[0].holder, HasSubstr(std::to_string(::getpid())));

  std::jthread receiving([&](std::stop_token stop) { receiver.run(stop); });
  { const UdpPort gone = std::move(holder); }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!receiver.view().get()->ports[0].bound && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(receiver.view().get()->ports[0].bound);
}

TEST_F(ReceiverTest, PortsAndSendersChangeWhileItRuns) {
  std::uint16_t second = 0;
  {
    UdpPort brief(loopback(), 1 << 16);
    ASSERT_TRUE(brief.open());
    second = brief.port();
  }
  auto receiver = opened();
  const std::uint16_t first = port_of(*receiver);
  std::jthread receiving([&](std::stop_token stop) { receiver->run(stop); });
  std::jthread working([&] { worker_->run(); });
  const auto becomes = [&](const std::function<bool(const flow::ReceiveView&)>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition(*receiver->view().get())) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  };
  const TestingSender sender(AF_INET);
  sender.send(first, netflow5_datagram(1, 0, now_ms()));
  EXPECT_TRUE(becomes([](const auto& view) { return view.ports[0].datagrams == 1; }));

  auto listen = options_.listen;
  listen.push_back(loopback(second));
  receiver->change(listen, {});
  EXPECT_TRUE(becomes([](const auto& view) { return view.ports.size() == 2; }));
  EXPECT_EQ(receiver->view().get()->ports[0].datagrams, 1u);  // it was kept
  sender.send(second, netflow5_datagram(1, 1, now_ms()));
  EXPECT_TRUE(becomes([](const auto& view) { return view.ports[1].datagrams == 1; }));

  receiver->change({loopback(second)}, {.learn = false, .allow = {}, .deny = {}});
  EXPECT_TRUE(becomes([](const auto& view) { return view.ports.size() == 1; }));
  EXPECT_EQ(receiver->view().get()->former_ports.datagrams, 1u);
  EXPECT_FALSE(UdpPort(loopback(second), 1 << 16).open());
  EXPECT_TRUE(UdpPort(loopback(first), 1 << 16).open());
  sender.send(second, netflow5_datagram(1, 2, now_ms()));
  EXPECT_TRUE(becomes([](const auto& view) { return view.refused_senders == 1; }));
  receiving.request_stop();
  receiving.join();
  working.join();
  EXPECT_EQ(rows_, 2u);
}

TEST_F(ReceiverTest, APortThatGoesIsEmptiedAndEveryDatagramThatCameIsCounted) {
  constexpr std::uint32_t kSent = 3'000;
  auto receiver = opened();
  const TestingSender sender(AF_INET);
  for (std::uint32_t i = 0; i < kSent; ++i) {
    sender.send(port_of(*receiver), netflow5_datagram(1, i, now_ms()));
  }
  auto elsewhere = loopback(port_of(*receiver));
  elsewhere.address = flow::Address::v4(0x7f000002);
  receiver->change({elsewhere}, {});
  std::jthread receiving([&](std::stop_token stop) { receiver->run(stop); });
  flow::PortView former;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (former.datagrams == 0 && std::chrono::steady_clock::now() < deadline) {
    former = receiver->view().get()->former_ports;
  }
  receiving.request_stop();
  receiving.join();
  worker_->run();
  EXPECT_EQ(former.datagrams + former.kernel_drops, kSent);
  EXPECT_EQ(former.octets, rows_ * (24 + 48));
  EXPECT_EQ(former.datagrams, rows_);
}

TEST(FindUdpPortHolder, KnowsNobodyWhereNobodyListens) {
  std::uint16_t port = 0;
  {
    UdpPort brief(loopback(), 1 << 16);
    ASSERT_TRUE(brief.open());
    port = brief.port();
    EXPECT_TRUE(find_udp_port_holder(port));
  }
  EXPECT_EQ(find_udp_port_holder(port), std::nullopt);
}

TEST(UdpPort, TakesTheLargestDatagramWhole) {
  UdpPort port(loopback(), 1 << 20);
  ASSERT_TRUE(port.open());
  const std::vector<std::byte> payload(65'507, std::byte{7});
  TestingSender(AF_INET).send(port.port(), payload);
  ReceiveSlots slots;
  const auto received = port.receive(slots, 1);
  ASSERT_EQ(received.size(), 1u);
  EXPECT_TRUE(std::ranges::equal(received[0].payload, payload));
  EXPECT_EQ(received[0].local_port, port.port());
  EXPECT_GT(received[0].received_ns, 1);  // the kernel's, not ours
  EXPECT_EQ(port.view().truncated, 0u);
}

TEST(UdpPort, CountsWhatTheKernelDropped) {
  UdpPort port(loopback(), 4'096);
  ASSERT_TRUE(port.open());
  const std::vector<std::byte> payload(1'400, std::byte{7});
  const TestingSender sender(AF_INET);
  for (int i = 0; i < 1'000; ++i) sender.send(port.port(), payload);
  ReceiveSlots slots;
  while (!port.receive(slots, 1).empty()) continue;
  // The count comes with the next datagram.
  sender.send(port.port(), payload);
  ASSERT_EQ(port.receive(slots, 1).size(), 1u);
  EXPECT_EQ(port.view().datagrams + port.view().kernel_drops, 1'001u);
  EXPECT_GT(port.view().kernel_drops, 0u);
}

}  // namespace
}  // namespace collect
