#include "wire/export/netflow9.h"

#include <gtest/gtest.h>

#include <vector>

namespace wire {
namespace {

using Octets = std::vector<std::byte>;

const Template kTemplate{.id = 256,
                         .fields = {{.id = 8, .length = 4}, {.id = 0x9c41, .length = 2}}};
const Template kOptions{.id = 257,
                        .is_options = true,
                        .scope_count = 1,
                        .fields = {{.id = 1, .length = 4}, {.id = 34, .length = 4}}};

Octets emitted(const Template& written) {
  Octets octets;
  ByteWriter out(octets);
  emit_netflow9_template(out, written);
  return octets;
}

Malformed error_of(const Octets& octets) {
  ByteReader set{ByteView(octets)};
  const auto taken = next_netflow9_template(set);
  EXPECT_FALSE(taken);
  return taken ? Malformed::HeaderTruncated : taken.error();
}

TEST(Netflow9Header, ReadsBackWhatItWrote) {
  const Netflow9Header header{
      .count = 3, .sys_uptime_ms = 4, .unix_secs = 5, .sequence = 6, .source_id = 7};
  Octets datagram;
  ByteWriter out(datagram);
  header.emit(out);
  const auto message = parse_netflow9(ByteView(datagram));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->header, header);
  EXPECT_TRUE(message->sets.empty());
  for (std::size_t length = 0; length < datagram.size(); ++length) {
    EXPECT_EQ(parse_netflow9(ByteView(datagram).first(length)).error(), Malformed::HeaderTruncated);
  }
}

TEST(NextNetflow9Template, ReadsBackBothKinds) {
  auto octets = emitted(kTemplate);
  ByteReader set{ByteView(octets)};
  EXPECT_EQ(next_netflow9_template(set).value(), kTemplate);
  EXPECT_EQ(next_netflow9_template(set).value(), std::nullopt);

  octets = emitted(kOptions);
  ByteReader options{ByteView(octets)};
  EXPECT_EQ(next_netflow9_options_template(options).value(), kOptions);
  EXPECT_EQ(next_netflow9_options_template(options).value(), std::nullopt);
}

TEST(NextNetflow9Template, TakesAnyTailTooShortForAHeaderAndZerosOfAnyLengthAsPadding) {
  for (std::size_t count = 0; count < 12; ++count) {
    const Octets zeros(count, std::byte{0});
    ByteReader set{ByteView(zeros)};
    EXPECT_EQ(next_netflow9_template(set).value(), std::nullopt) << count;
    EXPECT_EQ(next_netflow9_options_template(set).value(), std::nullopt) << count;
  }
  const Octets odd(3, std::byte{7});
  ByteReader set{ByteView(odd)};
  EXPECT_EQ(next_netflow9_template(set).value(), std::nullopt);
}

TEST(NextNetflow9Template, NamesWhatIsWrong) {
  auto octets = emitted(kTemplate);
  for (std::size_t length = 4; length < octets.size(); ++length) {
    const auto cut = Octets(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_EQ(error_of(cut), Malformed::TemplateTruncated) << length;
  }
  EXPECT_EQ(error_of(emitted({.id = 255, .fields = kTemplate.fields})),
            Malformed::TemplateIdReserved);
  EXPECT_EQ(error_of(emitted({.id = 256})), Malformed::TemplateZeroSize);
  EXPECT_EQ(error_of(emitted({.id = 256, .fields = {{.id = 8, .length = 0}}})),
            Malformed::TemplateZeroSize);
}

TEST(NextNetflow9Template, AcceptsAnOptionsTemplateWithoutScope) {
  const Template no_scope{
      .id = 258, .is_options = true, .scope_count = 0, .fields = {{.id = 34, .length = 4}}};
  const auto octets = emitted(no_scope);
  ByteReader set{ByteView(octets)};
  EXPECT_EQ(next_netflow9_options_template(set).value(), no_scope);
}

TEST(NextNetflow9Template, RefusesScopeLengthsThatAreNoWholeFields) {
  Octets octets = emitted(kOptions);
  ByteWriter(octets).patch_u16(2, 6);
  ByteReader set{ByteView(octets)};
  EXPECT_EQ(next_netflow9_options_template(set).error(), Malformed::ScopeInvalid);
}

}  // namespace
}  // namespace wire
