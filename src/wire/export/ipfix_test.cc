#include "wire/export/ipfix.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace wire {
namespace {

using Octets = std::vector<std::byte>;

const Template kTemplate{.id = 256,
                         .fields = {{.id = 8, .length = 4},
                                    {.enterprise = 29305, .id = 1, .length = 8},
                                    {.id = 82, .length = kVariableLength}}};
const Template kOptions{.id = 257,
                        .is_options = true,
                        .scope_count = 1,
                        .fields = {{.id = 149, .length = 4}, {.id = 34, .length = 4}}};

Octets emitted(const Template& written) {
  Octets octets;
  ByteWriter out(octets);
  emit_ipfix_template(out, written);
  return octets;
}

Malformed error_of(const Octets& octets) {
  ByteReader set{ByteView(octets)};
  const auto taken = next_ipfix_template(set);
  EXPECT_FALSE(taken);
  return taken ? Malformed::HeaderTruncated : taken.error();
}

Octets message_of(std::size_t set_octets) {
  Octets datagram;
  ByteWriter out(datagram);
  IpfixWriter message(out, {.export_time_s = 1, .sequence = 2, .observation_domain = 3});
  SetWriter set(out, 256);
  out.put_zeros(set_octets);
  set.finish(1);
  message.finish();
  return datagram;
}

TEST(ParseIpfix, ReadsBackWhatWasWritten) {
  const auto datagram = message_of(10);
  const auto message = parse_ipfix(ByteView(datagram));
  ASSERT_TRUE(message);
  EXPECT_EQ(
      message->header,
      (IpfixHeader{.length = 30, .export_time_s = 1, .sequence = 2, .observation_domain = 3}));
  ByteReader rest(message->sets);
  ASSERT_TRUE(message->has_more(rest));
  const auto set = next_set(rest);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->id, 256);
  EXPECT_EQ(set->records.size(), 10u);
  EXPECT_FALSE(message->has_more(rest));
}

TEST(ParseIpfix, RefusesEveryTruncation) {
  const auto datagram = message_of(10);
  for (std::size_t length = 0; length < datagram.size(); ++length) {
    const auto expected =
        length < IpfixHeader::kSize ? Malformed::HeaderTruncated : Malformed::LengthLies;
    EXPECT_EQ(parse_ipfix(ByteView(datagram).first(length)).error(), expected) << length;
  }
}

TEST(ParseIpfix, RefusesALengthBelowItsHeader) {
  auto datagram = message_of(10);
  ByteWriter(datagram).patch_u16(2, 15);
  EXPECT_EQ(parse_ipfix(ByteView(datagram)).error(), Malformed::LengthLies);
}

TEST(ParseIpfix, ASetThatTheLengthCutsIsTakenWhenTheDatagramHoldsIt) {
  auto datagram = message_of(10);
  ByteWriter(datagram).patch_u16(2, 28);
  const auto message = parse_ipfix(ByteView(datagram));
  ASSERT_TRUE(message);
  ByteReader rest(message->sets);
  ASSERT_TRUE(message->has_more(rest));
  EXPECT_EQ(next_set(rest)->records.size(), 10u);
  EXPECT_FALSE(message->has_more(rest));
}

TEST(NextSet, RefusesALengthShorterThanItsHeader) {
  auto datagram = message_of(10);
  for (std::uint16_t length = 0; length < SetHeader::kSize; ++length) {
    ByteWriter(datagram).patch_u16(IpfixHeader::kSize + 2, length);
    ByteReader rest(ByteView(datagram).subspan(IpfixHeader::kSize));
    EXPECT_EQ(next_set(rest).error(), Malformed::SetShorterThanItsHeader);
  }
}

TEST(NextSet, RefusesALengthBeyondTheMessageAndATruncatedHeader) {
  const auto datagram = message_of(10);
  const auto sets = ByteView(datagram).subspan(IpfixHeader::kSize);
  for (std::size_t length = 1; length < sets.size(); ++length) {
    ByteReader rest(sets.first(length));
    EXPECT_EQ(next_set(rest).error(), length < SetHeader::kSize ? Malformed::SetHeaderTruncated
                                                                : Malformed::SetLongerThanMessage);
  }
}

TEST(NextIpfixTemplate, ReadsBackBothKindsAndWithdrawals) {
  for (const Template& written : {kTemplate, Template{.id = 256}, Template{.id = 2}}) {
    const auto octets = emitted(written);
    ByteReader set{ByteView(octets)};
    EXPECT_EQ(next_ipfix_template(set).value(), written);
    EXPECT_EQ(next_ipfix_template(set).value(), std::nullopt);
  }
  for (const Template& written : {kOptions, Template{.id = 257, .is_options = true}}) {
    const auto octets = emitted(written);
    ByteReader set{ByteView(octets)};
    EXPECT_EQ(next_ipfix_options_template(set).value(), written);
    EXPECT_EQ(next_ipfix_options_template(set).value(), std::nullopt);
  }
}

TEST(NextIpfixTemplate, NamesWhatIsWrong) {
  const auto octets = emitted(kTemplate);
  for (std::size_t length = 4; length < octets.size(); ++length) {
    const auto cut = Octets(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_EQ(error_of(cut), Malformed::TemplateTruncated) << length;
  }
  EXPECT_EQ(error_of(emitted({.id = 255, .fields = kTemplate.fields})),
            Malformed::TemplateIdReserved);
  EXPECT_EQ(error_of(emitted({.id = 256, .fields = {{.id = 8, .length = 0}}})),
            Malformed::TemplateZeroSize);
}

TEST(NextIpfixTemplate, RefusesAScopeOfNothingOrOfMoreThanTheFields) {
  for (const std::uint16_t scope_count : std::to_array<std::uint16_t>({0, 3})) {
    auto wrong = kOptions;
    wrong.scope_count = scope_count;
    const auto octets = emitted(wrong);
    ByteReader set{ByteView(octets)};
    EXPECT_EQ(next_ipfix_options_template(set).error(), Malformed::ScopeInvalid);
  }
}

TEST(VariableLength, ReadsBackBothFormsAndRefusesEveryTruncation) {
  for (const auto length : std::to_array<std::uint16_t>({0, 1, 254, 255, 65535})) {
    Octets octets;
    ByteWriter out(octets);
    put_variable_length(out, length);
    ByteReader record{ByteView(octets)};
    EXPECT_EQ(take_variable_length(record), length);
    EXPECT_EQ(record.remaining(), 0u);
    for (std::size_t cut = 0; cut < octets.size(); ++cut) {
      ByteReader truncated{ByteView(octets).first(cut)};
      EXPECT_EQ(take_variable_length(truncated), std::nullopt);
      EXPECT_EQ(truncated.remaining(), cut);
    }
  }
}

TEST(VariableLength, TakesTheLongFormBelow255Too) {
  const Octets octets{std::byte{255}, std::byte{0}, std::byte{3}};
  ByteReader record{ByteView(octets)};
  EXPECT_EQ(take_variable_length(record), 3u);
}

TEST(MalformedText, IsThereForEveryEnumerator) {
  for (int value = 0; value <= static_cast<int>(Malformed::ScopeInvalid); ++value) {
    EXPECT_FALSE(to_text(static_cast<Malformed>(value)).empty());
  }
}

}  // namespace
}  // namespace wire
