#include "serve/diagnosis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace serve {
namespace {

using flow::NotCounted;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr base::UnixMs kNow = 1'795'000'000'000;
const flow::Address kRouter = *flow::parse_address("192.168.1.1");
const std::string kWholeTemplate =
    "sourceIPv4Address destinationIPv4Address octetDeltaCount packetDeltaCount";

std::shared_ptr<const flow::TemplateView> known_template(std::string fields,
                                                         bool is_options = false) {
  flow::TemplateView known;
  known.id = 256;
  known.is_options = is_options;
  known.fields = std::move(fields);
  return std::make_shared<const flow::TemplateView>(std::move(known));
}

// A router whose flows are stored: each test breaks one thing of it.
flow::ExporterView good_router() {
  flow::ExporterView view;
  view.exporter = kRouter;
  view.datagrams_by_version[1] = 10;
  view.first_seen = kNow - base::kMsPerHour;
  view.last_seen = kNow - 1'000;
  view.since_start.datagrams = 10;
  view.since_start.records = view.since_start.flows = 200;
  view.templates = {known_template(kWholeTemplate)};
  return view;
}

class DiagnoseTest : public testing::Test {
 protected:
  DiagnoseTest() {
    receive_.ports.resize(2);
    receive_.ports[0].address = "[::]:2055";
    receive_.ports[1].address = "[::]:4739";
    receive_.ports[0].bound = receive_.ports[1].bound = true;
    receive_.ports[0].datagrams = 10;
  }

  Diagnosis diagnosed() {
    const std::vector workers{std::make_shared<const flow::WorkerView>(worker_)};
    return diagnose(
        {.now = kNow,
         .receive = receive_,
         .workers = workers,
         .last_hour = last_hour_,
         .called = [](const flow::Address& exporter) { return flow::to_text(exporter); },
         .sampling_is_set = [this](const flow::Address&) { return sampling_is_set_; },
         .address = address_,
         .is_address_loopback = is_address_loopback_});
  }
  // The only finding there shall be.
  Finding finding() {
    const auto all = diagnosed().findings;
    EXPECT_EQ(all.size(), 1u);
    return all.empty() ? Finding{} : all.front();
  }
  std::vector<Light> lights() {
    const auto senders = diagnosed().senders;
    EXPECT_EQ(senders.size(), 1u);
    const SenderLights one = senders.empty() ? SenderLights{} : senders.front();
    return {one.packets, one.understood, one.template_known, one.stored};
  }

  flow::ReceiveView receive_;
  flow::WorkerView worker_;
  std::map<flow::Address, flow::LedgerCounts> last_hour_;
  bool sampling_is_set_ = false;
  std::string address_;
  bool is_address_loopback_ = false;
};

TEST_F(DiagnoseTest, FindsNothingWhereAllIsWell) {
  worker_.exporters = {good_router()};
  EXPECT_THAT(diagnosed().findings, IsEmpty());
  EXPECT_THAT(lights(), ElementsAre(Light::Good, Light::Good, Light::Good, Light::Good));
}

TEST_F(DiagnoseTest, S1NamesWhoHasThePort) {
  worker_.exporters = {good_router()};
  receive_.ports[1].bound = false;
  receive_.ports[1].holder = "nfcapd (process 812)";
  EXPECT_EQ(finding().what, "UDP 4739 is used by nfcapd (process 812).");
  EXPECT_EQ(finding().state, FindingState::PortTaken);
  EXPECT_EQ(finding().port, 4739);
  receive_.ports[1].holder.clear();
  receive_.ports[1].problem = "bind UDP :4739: Permission denied";
  EXPECT_EQ(finding().what, "UDP 4739 cannot be had: bind UDP :4739: Permission denied.");
}

TEST_F(DiagnoseTest, S2SaysThatNothingCameToAnyPort) {
  receive_.ports[0].datagrams = 0;
  EXPECT_EQ(finding().state, FindingState::Silence);
  EXPECT_EQ(finding().level, FindingLevel::Wait);
  EXPECT_EQ(finding().what, "Nothing has reached UDP 2055, 4739 yet.");
  EXPECT_THAT(finding().hint, HasSubstr("nc -u -w1 ADDRESS 2055` on another machine, with"));
  address_ = "192.168.1.10";
  EXPECT_THAT(finding().hint, HasSubstr("nc -u -w1 192.168.1.10 2055` on another machine."));
  address_ = "127.0.0.1";
  is_address_loopback_ = true;
  EXPECT_THAT(finding().hint, HasSubstr("listens on 127.0.0.1 only"));
  EXPECT_THAT(finding().hint, HasSubstr("nc -u -w1 127.0.0.1 2055` on this machine."));
  EXPECT_THAT(diagnosed().senders, IsEmpty());
}

TEST_F(DiagnoseTest, WhatTheJournalHeldIsNoSilence) {
  receive_.ports[0].datagrams = 0;
  worker_.exporters = {good_router()};
  EXPECT_THAT(diagnosed().findings, IsEmpty());
}

TEST_F(DiagnoseTest, S5ShowsHowItBeginsAndWhatThatLooksLike) {
  receive_.unknown_versions = 3;
  receive_.last_unknown = {.received = kNow - 1'000,
                           .sender = kRouter,
                           .port = 2055,
                           .reason = "unknown",
                           .first_octets = "80e00001"};
  EXPECT_EQ(finding().state, FindingState::NotFlowData);
  EXPECT_EQ(finding().what,
            "What 192.168.1.1 sends to UDP 2055 is no flow data: it begins 80e00001, which looks "
            "like RTP.");
  EXPECT_THAT(lights(), ElementsAre(Light::Good, Light::Trouble, Light::Waiting, Light::Waiting));

  receive_.last_unknown.first_octets = "746573740a";
  EXPECT_THAT(finding().hint, HasSubstr("your test packet"));
  receive_.last_unknown.received = kNow - base::kMsPerHour;
  EXPECT_THAT(diagnosed().findings, IsEmpty());
}

TEST_F(DiagnoseTest, S6SaysThatSflowIsNotReadYet) {
  receive_.last_unknown = {.received = kNow,
                           .sender = kRouter,
                           .port = 6343,
                           .reason = "unknown",
                           .first_octets = "0000000500000001"};
  EXPECT_EQ(finding().state, FindingState::SflowNotRead);
  EXPECT_EQ(finding().what, "192.168.1.1 sends sFlow to UDP 6343; sFlow is not read yet.");
}

TEST_F(DiagnoseTest, S7CountsWhatWaitsForItsTemplate) {
  flow::ExporterView view = good_router();
  view.templates.clear();
  view.since_start.flows = 0;
  view.pending_sets = 418;
  worker_.exporters = {view};
  EXPECT_EQ(finding().state, FindingState::NoTemplate);
  EXPECT_EQ(finding().level, FindingLevel::Wait);
  EXPECT_EQ(finding().count, 418);
  EXPECT_EQ(finding().what,
            "Data from 192.168.1.1 arrives, its template has not. Routers repeat it every 30 s to "
            "30 min; 418 sets are kept meanwhile.");
  EXPECT_THAT(lights(), ElementsAre(Light::Good, Light::Good, Light::Waiting, Light::Waiting));

  worker_.exporters[0].since_start[NotCounted::NoTemplateExpired] = 1;
  EXPECT_EQ(finding().level, FindingLevel::Trouble);
  EXPECT_THAT(finding().what, HasSubstr("1 older one was given up"));
}

TEST_F(DiagnoseTest, S8KnowsAnExporterOfOptionsAloneAfterTwoMinutes) {
  flow::ExporterView view = good_router();
  view.templates[0] = known_template(kWholeTemplate, true);
  view.since_start.flows = 0;
  view.since_start.options = 200;
  worker_.exporters = {view};
  EXPECT_EQ(finding().state, FindingState::OptionsOnly);
  EXPECT_EQ(finding().what, "192.168.1.1 exports its statistics but no flows.");
  EXPECT_THAT(lights(), ElementsAre(Light::Good, Light::Good, Light::Trouble, Light::Waiting));
  worker_.exporters[0].first_seen = kNow - base::kMsPerMinute;
  EXPECT_THAT(diagnosed().findings, IsEmpty());
}

TEST_F(DiagnoseTest, S9NamesTheFieldsThatATemplateLacks) {
  worker_.exporters = {good_router()};
  worker_.exporters[0].templates[0] = known_template("sourceIPv6Address destinationIPv6Address");
  EXPECT_EQ(finding().state, FindingState::FieldsMissing);
  EXPECT_EQ(finding().what, "Template 256 of 192.168.1.1 has no bytes.");
  EXPECT_THAT(finding().hint, HasSubstr("0 bytes"));
  worker_.exporters[0].templates[0] = known_template("octetTotalCount");
  EXPECT_EQ(finding().what,
            "Template 256 of 192.168.1.1 has no source address, no destination address.");
  EXPECT_THAT(finding().missing, ElementsAre("source address", "destination address"));
  // What tells of events has no volume to tell.
  worker_.exporters[0].templates[0] = known_template("natEvent");
  worker_.exporters[0].templates.push_back(known_template(kWholeTemplate));
  EXPECT_THAT(diagnosed().findings, IsEmpty());
}

TEST_F(DiagnoseTest, S10AsksForARateThatNothingTells) {
  worker_.exporters = {good_router()};
  worker_.exporters[0].templates[0] = known_template(kWholeTemplate + " samplerId");
  EXPECT_EQ(finding().state, FindingState::SamplingUnknown);
  EXPECT_THAT(finding().what, AllOf(HasSubstr("192.168.1.1"), HasSubstr("N times too small")));
  sampling_is_set_ = true;
  EXPECT_THAT(diagnosed().findings, IsEmpty());
  sampling_is_set_ = false;
  worker_.exporters[0].sampling = {{.sampler = 1, .rate = 1'000}};
  EXPECT_THAT(diagnosed().findings, IsEmpty());
}

TEST_F(DiagnoseTest, S11TellsTheClocksErrorAndGuessesAZone) {
  worker_.exporters = {good_router()};
  worker_.exporters[0].clock_skew_ms = 239 * base::kMsPerMinute;
  EXPECT_EQ(finding().state, FindingState::ClockSkew);
  EXPECT_EQ(finding().what, "The clock of 192.168.1.1 is 3 h 59 min behind (time zone?).");
  EXPECT_EQ(finding().count, 239 * base::kMsPerMinute);
  worker_.exporters[0].clock_skew_ms = -75 * base::kMsPerSecond;
  EXPECT_EQ(finding().what, "The clock of 192.168.1.1 is 75 s ahead.");
  EXPECT_EQ(finding().level, FindingLevel::Note);
  worker_.exporters[0].clock_skew_ms = 30 * base::kMsPerSecond;
  EXPECT_THAT(diagnosed().findings, IsEmpty());
}

TEST_F(DiagnoseTest, S12TellsWhatWasLostOnTheWayAndHere) {
  worker_.exporters = {good_router()};
  last_hour_[kRouter].sequence_sent = 1'000;
  last_hour_[kRouter].sequence_gap = 12;
  EXPECT_EQ(finding().state, FindingState::LostOnTheWay);
  EXPECT_EQ(finding().what,
            "1.2 % of what 192.168.1.1 sent in the last hour did not get here: 12 of 1000 by its "
            "own count.");
  last_hour_.clear();
  receive_.ports[0].kernel_drops = 5;
  receive_.ports[0].receive_buffer_octets = 212'992;
  EXPECT_EQ(finding().state, FindingState::LostHere);
  EXPECT_EQ(finding().what,
            "This machine dropped 5 datagrams of UDP 2055 because the socket's buffer of 208 KiB "
            "was full.");
  EXPECT_THAT(finding().hint, HasSubstr("net.core.rmem_max"));
}

TEST_F(DiagnoseTest, TellsOfSilenceRefusalAndAFullJournal) {
  worker_.exporters = {good_router()};
  worker_.exporters[0].last_seen = kNow - 11 * base::kMsPerMinute;
  EXPECT_EQ(finding().state, FindingState::ExporterSilent);
  EXPECT_EQ(finding().what, "192.168.1.1 has sent nothing for 11 min.");
  EXPECT_EQ(lights().front(), Light::Trouble);

  worker_.exporters.clear();
  receive_.refused_senders = 1;
  receive_.last_refused_sender = {
      .received = kNow, .sender = kRouter, .port = 2055, .reason = "not taken", .first_octets = ""};
  EXPECT_EQ(finding().state, FindingState::SenderRefused);
  EXPECT_THAT(finding().what, HasSubstr("1 datagram was refused since"));
  receive_.last_refused_sender = {};
  receive_.journal_problem = "disk full";
  EXPECT_EQ(finding().state, FindingState::NotJournalled);
}

TEST_F(DiagnoseTest, PutsTroublesFirstAndTellsOfABoundedNumberOfExporters) {
  receive_.ports[0].datagrams = 0;
  receive_.ports[1].bound = false;
  EXPECT_EQ(diagnosed().findings[0].level, FindingLevel::Trouble);
  EXPECT_EQ(diagnosed().findings[1].level, FindingLevel::Wait);
  worker_.exporters.assign(kDiagnosedExportersMax + 1, good_router());
  EXPECT_EQ(diagnosed().senders.size(), kDiagnosedExportersMax);
}

TEST(GuessProtocol, KnowsWhatOftenComesByMistake) {
  EXPECT_EQ(guess_protocol("3c3133343e4e6f76"), "syslog");
  EXPECT_EQ(guess_protocol("302902010104"), "SNMP");
  EXPECT_EQ(guess_protocol("00070001"), "an old NetFlow");
  EXPECT_EQ(guess_protocol("68656c6c6f"), "text");
  EXPECT_EQ(guess_protocol("0004ff"), "");
  EXPECT_EQ(guess_protocol(""), "");
}

}  // namespace
}  // namespace serve
