#include "collect/decode/told_interfaces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "collect/decode/caps.h"
#include "collect/decode/testing_messages.h"

namespace collect {
namespace {

using testing::ElementsAre;
using testing::Field;
using wire::kVariableLength;

Octets octets_of_text(std::string_view text, std::size_t size) {
  Octets octets(size);
  for (std::size_t i = 0; i < text.size() && i < size; ++i) {
    octets[i] = static_cast<std::byte>(text[i]);
  }
  return octets;
}

Octets variable(std::string_view text) {
  return joined({record_of({{text.size(), 1}}), octets_of_text(text, text.size())});
}

std::vector<flow::ToldInterface> told_by(Received& received) {
  const auto view = received.decoder.view();
  EXPECT_EQ(view.exporters.size(), 1u);
  if (view.exporters.empty() || !view.exporters[0].interfaces) return {};
  return *view.exporters[0].interfaces;
}

auto is(std::uint32_t index, const std::string& name, const std::string& description) {
  using flow::ToldInterface;
  return testing::AllOf(Field(&ToldInterface::index, index), Field(&ToldInterface::name, name),
                        Field(&ToldInterface::description, description));
}

// Cisco's interface table: the system is the scope, the index a field.
const wire::Template kTable{.id = 300,
                            .is_options = true,
                            .scope_count = 1,
                            .fields = {{.id = 1, .length = 4},
                                       {.id = 10, .length = 4},
                                       {.id = 82, .length = 16},
                                       {.id = 83, .length = 24}}};

Octets row_of_table(std::uint32_t index, std::string_view name, std::string_view description) {
  return joined({record_of({{0xc0000201, 4}, {index, 4}}), octets_of_text(name, 16),
                 octets_of_text(description, 24)});
}

TEST(ToldInterfaces, AreTakenFromATableWhoseScopeIsTheSystem) {
  Received received;
  received.receive(netflow9(
      {netflow9_template(kTable), set_of(300, joined({row_of_table(3, "Gi0/3", "to the Internet"),
                                                      row_of_table(1, "Gi0/1", "")}))}));
  EXPECT_THAT(told_by(received),
              ElementsAre(is(1, "Gi0/1", ""), is(3, "Gi0/3", "to the Internet")));
  const auto counts = received.counted();
  EXPECT_EQ(counts.options, 2u);
  EXPECT_TRUE(adds_up(counts));
}

TEST(ToldInterfaces, AreTakenFromRecordsWhoseScopeIsTheInterface) {
  Received nine;
  nine.receive(
      netflow9({netflow9_template({.id = 301,
                                   .is_options = true,
                                   .scope_count = 1,
                                   .fields = {{.id = 2, .length = 2}, {.id = 82, .length = 8}}}),
                set_of(301, joined({record_of({{7, 2}}), octets_of_text("eth7", 8)}))}));
  EXPECT_THAT(told_by(nine), ElementsAre(is(7, "eth7", "")));

  Received ten;
  ten.receive(ipfix({ipfix_template({.id = 301,
                                     .is_options = true,
                                     .scope_count = 1,
                                     .fields = {{.id = 10, .length = 4},
                                                {.id = 82, .length = kVariableLength},
                                                {.id = 83, .length = kVariableLength}}}),
                     set_of(301, joined({record_of({{5, 4}}), variable("wan0"), variable("fibre"),
                                         record_of({{6, 4}}), variable("lan0"), variable("")}))}));
  EXPECT_THAT(told_by(ten), ElementsAre(is(5, "wan0", "fibre"), is(6, "lan0", "")));
  EXPECT_EQ(ten.counted().options, 2u);
}

TEST(ToldInterfaces, ChangeWithWhatIsToldLast) {
  Received received;
  received.receive(netflow9({netflow9_template(kTable), set_of(300, row_of_table(3, "a", "b"))}));
  const auto before = received.decoder.view().exporters[0].interfaces;
  EXPECT_EQ(received.decoder.view().exporters[0].interfaces, before);
  received.receive(netflow9({set_of(300, row_of_table(3, "c", ""))}, 1));
  EXPECT_THAT(told_by(received), ElementsAre(is(3, "c", "b")));
  EXPECT_THAT(*before, ElementsAre(is(3, "a", "b")));
}

TEST(ToldInterfaces, ARecordWithoutAnIndexOrWithoutATextTellsNothing) {
  Received received;
  received.receive(
      netflow9({netflow9_template({.id = 302,
                                   .is_options = true,
                                   .scope_count = 1,
                                   .fields = {{.id = 1, .length = 4}, {.id = 82, .length = 4}}}),
                set_of(302, joined({record_of({{1, 4}}), octets_of_text("x", 4)})),
                netflow9_template(kTable), set_of(300, row_of_table(3, "", ""))}));
  EXPECT_EQ(received.decoder.view().exporters[0].interfaces, nullptr);
  EXPECT_EQ(received.counted().options, 2u);
}

TEST(ToldInterfaces, AreBoundedAndWhatIsNotKeptIsCounted) {
  std::size_t all = 0;
  {
    ToldInterfaces told(all);
    const Octets name = octets_of_text(std::string(100, 'x'), 100);
    for (std::uint32_t i = 0; i <= kInterfacesPerExporterMax; ++i) told.tell(i, name, {}, 1);
    EXPECT_EQ(told.view()->size(), kInterfacesPerExporterMax);
    EXPECT_EQ(told.not_kept(), 1u);
    EXPECT_EQ(told.names_cut(), kInterfacesPerExporterMax + 1);
    EXPECT_EQ(told.view()->front().name.size(), kInterfaceNameOctetsMax);
    EXPECT_EQ(all, kInterfacesPerExporterMax);
  }
  EXPECT_EQ(all, 0u);
  all = kInterfacesMax;
  ToldInterfaces none(all);
  none.tell(1, octets_of_text("a", 1), {}, 1);
  EXPECT_EQ(none.view(), nullptr);
  EXPECT_EQ(none.not_kept(), 1u);
}

}  // namespace
}  // namespace collect
