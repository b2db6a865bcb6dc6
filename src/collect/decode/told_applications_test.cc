#include "collect/decode/told_applications.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "collect/decode/caps.h"
#include "collect/decode/testing_messages.h"
#include "flow/name_pool.h"

namespace collect {
namespace {

constexpr std::uint64_t kYoutube = 13ULL << 24 | 82;  // engine 13 (Cisco's), selector 82

Octets field_of_name(std::string_view text) {
  Octets octets(24);
  std::ranges::transform(text, octets.begin(), [](char c) { return static_cast<std::byte>(c); });
  return octets;
}

// Cisco's application table: the system is the scope, the id a field.
const wire::Template kApplicationTable{
    .id = 310,
    .is_options = true,
    .scope_count = 1,
    .fields = {{.id = 1, .length = 4}, {.id = 95, .length = 4}, {.id = 96, .length = 24}}};
const wire::Template kFlowsWithApplication{.id = 311,
                                           .fields = {{.id = 8, .length = 4},
                                                      {.id = 12, .length = 4},
                                                      {.id = 4, .length = 1},
                                                      {.id = 11, .length = 2},
                                                      {.id = 1, .length = 4},
                                                      {.id = 95, .length = 4}}};

Octets application(std::uint64_t id, std::string_view name) {
  return joined({record_of({{0xc0000201, 4}, {id, 4}}), field_of_name(name)});
}
Octets flow_of_application(std::uint64_t id) {
  return data_set(311, {{0x0a000001, 4}, {0xc6336401, 4}, {6, 1}, {443, 2}, {1000, 4}, {id, 4}});
}
std::string app_of(const flow::FlowRecord& flow) {
  if (!flow.has(flow::Column::app)) return "";
  return std::string(flow::NamePool::instance().text_of(flow.app)) + " by " +
         std::string(flow::word_of(flow::Column::app_evidence, flow.app_evidence));
}

TEST(ToldApplications, NameTheFlowsThatGiveTheirNumber) {
  Received received;
  const auto& flows = received.receive(netflow9(
      {netflow9_template(kApplicationTable), netflow9_template(kFlowsWithApplication),
       set_of(310,
              joined({application(kYoutube, "youtube"), application(13ULL << 24 | 1, "unknown")})),
       flow_of_application(kYoutube), flow_of_application(13ULL << 24 | 1),
       flow_of_application(13ULL << 24 | 7)}));
  ASSERT_EQ(flows.size(), 3u);
  EXPECT_EQ(app_of(flows[0]), "youtube by exporter");
  EXPECT_EQ(app_of(flows[1]), "");
  EXPECT_EQ(app_of(flows[2]), "");
  EXPECT_EQ(received.counted().options, 2u);
  EXPECT_TRUE(adds_up(received.counted()));
}

TEST(ToldApplications, AreTakenFromRecordsWhoseScopeIsTheApplication) {
  Received received;
  const auto& flows = received.receive(
      ipfix({ipfix_template({.id = 310,
                             .is_options = true,
                             .scope_count = 1,
                             .fields = {{.id = 95, .length = 4}, {.id = 96, .length = 24}}}),
             ipfix_template(kFlowsWithApplication),
             set_of(310, joined({record_of({{kYoutube, 4}}), field_of_name("youtube")})),
             flow_of_application(kYoutube)}));
  ASSERT_EQ(flows.size(), 1u);
  EXPECT_EQ(app_of(flows[0]), "youtube by exporter");
}

TEST(ToldApplications, ComeBackWithTheExportersState) {
  Received before;
  before.receive(
      netflow9({netflow9_template(kApplicationTable), netflow9_template(kFlowsWithApplication),
                set_of(310, application(kYoutube, "youtube"))}));
  const auto states = before.decoder.take_changed_states();
  ASSERT_EQ(states.size(), 1u);
  Received after;
  ASSERT_TRUE(after.decoder.restore(states[0]));
  const auto& flows = after.receive(netflow9({flow_of_application(kYoutube)}, 1));
  ASSERT_EQ(flows.size(), 1u);
  EXPECT_EQ(app_of(flows[0]), "youtube by exporter");

  // A state of version 1 ends where the names of applications begin.
  auto older = states[0];
  older.state.resize(older.state.size() - sizeof(std::uint32_t) - sizeof(std::uint64_t) -
                     sizeof(std::uint32_t) - std::string_view("youtube").size());
  older.state[0] = 1;
  Received upgraded;
  EXPECT_TRUE(upgraded.decoder.restore(older));
}

TEST(ToldApplications, BeyondTheCapAreNotKept) {
  std::size_t all = 0;
  {
    ToldApplications told(all);
    for (std::uint64_t id = 0; id < kApplicationsPerExporterMax; ++id) {
      ASSERT_TRUE(told.tell(id, field_of_name("the same name")));
    }
    EXPECT_FALSE(told.tell(kApplicationsPerExporterMax, field_of_name("the same name")));
    EXPECT_TRUE(told.tell(3, field_of_name("another name")));
    EXPECT_TRUE(told.tell(4, field_of_name("Unclassified")));
    EXPECT_FALSE(told.find(4));
    EXPECT_EQ(all, kApplicationsPerExporterMax - 1);
  }
  EXPECT_EQ(all, 0u);
}

}  // namespace
}  // namespace collect
