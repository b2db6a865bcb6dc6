#include "query/filter/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "query/filter/keys.h"
#include "query/filter/values.h"

namespace query {
namespace {

using flow::Column;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What the text is once parsed and written out, or its first error.
std::string canonical(std::string_view text) {
  const auto filter = parse_filter(text);
  return filter ? filter->canonical : "error: " + filter.error().front().message;
}

FilterError first_error(std::string_view text) {
  const auto filter = parse_filter(text);
  if (filter) return {0, 0, "no error", {}};
  return filter.error().front();
}

Condition condition(std::string_view text) {
  const auto filter = parse_filter(text);
  if (!filter || !filter->root) return {};
  const auto* found = std::get_if<Condition>(&filter->root->what);
  return found ? *found : Condition{};
}

std::vector<NumberRange> numbers(std::string_view text) {
  const auto found = condition(text);
  const auto* ranges = std::get_if<std::vector<NumberRange>>(&found.any_of);
  return ranges ? *ranges : std::vector<NumberRange>{};
}

TEST(Filter, NothingWrittenLetsEverythingPass) {
  EXPECT_EQ(parse_filter("")->root, nullptr);
  EXPECT_EQ(parse_filter(" \t")->root, nullptr);
  EXPECT_EQ(canonical(" "), "");
}

TEST(Filter, EitherEndWordsNameTwoColumns) {
  EXPECT_EQ(condition("host:10.0.0.5"),
            (Condition{{Column::src, Column::dst},
                       std::vector{flow::Network{flow::Address::v4(0x0a000005), 128}}}));
  EXPECT_EQ(condition("port:443").subjects,
            (std::vector<Subject>{Column::src_port, Column::dst_port}));
  EXPECT_EQ(condition("as:2906").subjects, (std::vector<Subject>{Column::src_as, Column::dst_as}));
  EXPECT_EQ(condition("if:3").subjects, (std::vector<Subject>{Column::in_if, Column::out_if}));
}

TEST(Filter, EveryColumnIsAKey) {
  for (const auto& spec : flow::kColumns) {
    EXPECT_NE(find_key(spec.name), nullptr) << spec.name;
  }
}

TEST(Filter, ShortAndLongWordsAreTheSameTree) {
  EXPECT_EQ(canonical("protocol:6"), "proto:tcp");
  EXPECT_EQ(canonical("src_port:1 sport:1"), "sport:1 sport:1");
  EXPECT_EQ(canonical("net:10.0.0.5"), "host:10.0.0.5");
  EXPECT_EQ(canonical("host:10/8"), "net:10.0.0.0/8");
  EXPECT_EQ(canonical("PORT:443"), "port:443");
}

TEST(Filter, NumbersTakeComparisonsAndRanges) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(numbers("bytes:>1M"), ElementsAre(NumberRange{1'000'001, kMost}));
  EXPECT_THAT(numbers("bytes:>=1M"), ElementsAre(NumberRange{1'000'000, kMost}));
  EXPECT_THAT(numbers("bytes:<1.5k"), ElementsAre(NumberRange{0, 1'499}));
  EXPECT_THAT(numbers("pkts:<=2"), ElementsAre(NumberRange{0, 2}));
  EXPECT_THAT(numbers("port:80,1000..2000"),
              ElementsAre(NumberRange{80, 80}, NumberRange{1'000, 2'000}));
  EXPECT_THAT(numbers("dur:>10m"), ElementsAre(NumberRange{600'001, 31'622'400'000'000}));
  EXPECT_THAT(numbers("vlan:*"), ElementsAre(NumberRange{0, 65'535}));
  EXPECT_THAT(numbers("tos:0x2e"), ElementsAre(NumberRange{46, 46}));
  EXPECT_THAT(numbers("start:>=2026-08-13T20:00Z"),
              ElementsAre(NumberRange{1'786'651'200'000, kMost}));
  EXPECT_THAT(numbers("src_mac:00:0c:29:4f:8e:35"),
              ElementsAre(NumberRange{0x000c294f8e35, 0x000c294f8e35}));
}

TEST(Filter, NamesStandForNumbers) {
  EXPECT_THAT(numbers("proto:udp,TCP"), ElementsAre(NumberRange{6, 6}, NumberRange{17, 17}));
  EXPECT_THAT(numbers("locality:l2r"), ElementsAre(NumberRange{1, 1}));
  EXPECT_THAT(numbers("sampling_source:options"), ElementsAre(NumberRange{2, 2}));
  EXPECT_THAT(numbers("direction:egress"), ElementsAre(NumberRange{1, 1}));
  EXPECT_THAT(numbers("counted:no"), ElementsAre(NumberRange{0, 0}));
  EXPECT_EQ(condition("dir:transit"), (Condition{{Derived::Way}, std::vector{NumberRange{3, 3}}}));
}

TEST(Filter, FlagsJoinedByPlusMeanAllOfThem) {
  EXPECT_EQ(condition("flag:syn+ack,rst"),
            (Condition{{Column::tcp_flags}, std::vector{BitsSet{4}, BitsSet{18}}}));
  EXPECT_EQ(canonical("flag:ACK+syn"), "flag:syn+ack");
  EXPECT_EQ(canonical("tcp_flags:18"), "tcp_flags:18");
}

TEST(Filter, AWordAloneSearches) {
  EXPECT_EQ(canonical("10.0.0.5"), "host:10.0.0.5");
  EXPECT_EQ(canonical("2001:db8::/32"), "net:2001:db8::/32");
  EXPECT_EQ(canonical("::ffff:10.0.0.1"), "host:10.0.0.1");
  EXPECT_EQ(canonical("00:0c:29:4f:8e:35"), "mac:00:0c:29:4f:8e:35");
  EXPECT_EQ(canonical("YouTube"), "app:*youtube*");
  EXPECT_EQ(canonical("you*"), "app:you*");
  EXPECT_EQ(canonical("\"a b\""), "app:\"*a b*\"");
  EXPECT_EQ(canonical("10.0.0.5,dns"), "host:10.0.0.5 | app:*dns*");
}

TEST(Filter, BlanksBindTighterThanBars) {
  EXPECT_EQ(canonical("port:1 port:2 | port:3"), "port:1 port:2 | port:3");
  EXPECT_EQ(canonical("port:1 (port:2 | port:3)"), "port:1 (port:2 | port:3)");
  EXPECT_EQ(canonical("(port:1 port:2) port:3"), "port:1 port:2 port:3");
  EXPECT_EQ(canonical("((port:1))"), "port:1");
  EXPECT_EQ(canonical("-(port:1 | port:2)"), "-(port:1 | port:2)");
  EXPECT_EQ(canonical("--port:1"), "port:1");
  EXPECT_EQ(canonical("-(-port:1)"), "port:1");
}

TEST(Filter, QuotesHideBlanksCommasAndParentheses) {
  EXPECT_EQ(
      condition(R"(app:"a, (b) \"c\"",d)"),
      (Condition{{Column::app}, std::vector{TextPattern{R"(a, (b) "c")"}, TextPattern{"d"}}}));
}

TEST(Filter, ValuesComeInOrderAndOnce) {
  EXPECT_EQ(canonical("port:443,80,443"), "port:80,443");
}

TEST(FilterError, NamesEveryWrongWordWithItsPlace) {
  const auto filter = parse_filter("port:http src:10.0.0.300 bytes:1 foo:1");
  ASSERT_FALSE(filter);
  ASSERT_EQ(filter.error().size(), 3u);
  EXPECT_EQ(filter.error()[0].from, 5u);
  EXPECT_EQ(filter.error()[0].to, 9u);
  EXPECT_EQ(filter.error()[0].message, "expected a number from 0 to 65535, came `http`");
  EXPECT_EQ(filter.error()[1].from, 14u);
  EXPECT_EQ(filter.error()[1].to, 24u);
  EXPECT_EQ(filter.error()[2].from, 33u);
  EXPECT_EQ(filter.error()[2].to, 36u);
  EXPECT_EQ(filter.error()[2].message, "expected a key, came `foo`");
}

TEST(FilterError, SuggestsTheNearestKey) {
  EXPECT_EQ(first_error("prot:tcp").hint, "port:");
  EXPECT_EQ(first_error("exportr:10.0.0.1").hint, "exporter:");
  EXPECT_EQ(first_error("dst_prot:1").hint, "dst_port:");
}

TEST(FilterError, TellsWhatIsNotKnownYet) {
  EXPECT_THAT(first_error("tag:tv").message, HasSubstr("not known to Weir yet"));
  EXPECT_THAT(first_error("nfdump:src ip 10.0.0.1").message, HasSubstr("not read yet"));
}

TEST(FilterError, ExplainsOtherLanguagesWords) {
  EXPECT_EQ(first_error("port:1 and port:2").hint, "a blank means and");
  EXPECT_EQ(first_error("not port:1").hint, "a - before a condition means not, as in -port:53");
  EXPECT_EQ(first_error("port=80").hint, "port:80");
  EXPECT_EQ(first_error("bytes>1M").hint, "bytes:>1M");
  EXPECT_EQ(first_error("port:80-90").hint, "a range is written 80..90");
  EXPECT_EQ(first_error("dur:>10").message,
            "expected a duration with its unit, such as >10m or 1s..5s, came `>10`");
}

TEST(FilterError, TakesAKeyWithoutItsColonForNoSearch) {
  EXPECT_EQ(first_error("dst port 443").message, "expected `:` and a value after `dst`");
  EXPECT_EQ(first_error("dst port 443").hint, "dst:…, or \"dst\" in quotes to search for the word");
  EXPECT_EQ(canonical("\"port\""), "app:*port*");
}

TEST(FilterError, RefusesWhatIsNoUtf8) {
  EXPECT_EQ(first_error("app:m\xc3\xbcll app:\xff").from, 14u);
  EXPECT_EQ(first_error("app:\xff").message, "expected UTF-8, came the octet 0xff");
  EXPECT_EQ(first_error("app:m\xef").message, "expected UTF-8, came the octet 0xef");
  EXPECT_EQ(first_error("app:m\xef\xbf").from, 5u);
  EXPECT_EQ(canonical("app:m\xc3\xbcll"), "app:m\xc3\xbcll");
}

TEST(FilterError, NamesBrokenStructure) {
  EXPECT_EQ(first_error("(port:1").message, "expected a `)` for this `(`");
  EXPECT_EQ(first_error("port:1)").from, 6u);
  EXPECT_EQ(first_error("()").message, "expected a condition between `(` and `)`");
  EXPECT_EQ(first_error("port:1 |").message, "expected a condition on each side of `|`");
  EXPECT_EQ(first_error("| port:1").message, "expected a condition on each side of `|`");
  EXPECT_EQ(first_error("port:1 || port:2").message, "expected a condition on each side of `|`");
  EXPECT_EQ(first_error("(|)").message, "expected a condition on each side of `|`");
  EXPECT_EQ(first_error("-").message, "expected a condition right after `-`");
  EXPECT_EQ(first_error("port:").message, "expected a number from 0 to 65535 after `:`");
  EXPECT_EQ(first_error("port:1,").message, "expected a number from 0 to 65535 after `,`");
  EXPECT_EQ(first_error("app:\"x").message, "expected a closing `\"`");
  EXPECT_EQ(first_error("port:9..2").hint, "2..9");
  EXPECT_EQ(first_error("port:<0").message, "nothing is below 0");
  EXPECT_EQ(first_error("port:>65535").message, "nothing is above 65535");
}

TEST(FilterError, BoundsLengthNestingAndItsOwnNumber) {
  EXPECT_THAT(first_error(std::string(kMaxFilterOctets + 1, 'a')).message, HasSubstr("at most"));
  EXPECT_THAT(first_error(std::string(100, '(')).message, HasSubstr("parentheses"));
  std::string many;
  for (int i = 0; i < 100; ++i) many += "foo:1 ";
  EXPECT_EQ(parse_filter(many).error().size(), kMaxFilterErrors);
  std::string grows;  // `a` is written out as app:*a*
  for (std::size_t i = 0; i < kMaxFilterOctets / 2; ++i) grows += "a ";
  EXPECT_THAT(first_error(grows).message, HasSubstr("once written out"));
}

TEST(Explain, PutsCaretsUnderTheErrors) {
  const std::string_view text = "app:ü port:x";
  EXPECT_EQ(explain(text, parse_filter(text).error()),
            "filter, character 12: expected a number from 0 to 65535, came `x`\n"
            "  app:ü port:x\n"
            "             ^\n");
  EXPECT_EQ(explain("bytes>1M", parse_filter("bytes>1M").error()),
            "filter, character 1: expected a key and `:` before `>1M`\n"
            "  bytes>1M\n"
            "  ^^^^^^^^\n"
            "  hint: bytes:>1M\n");
}

TEST(Completions, OfferKeysAndTheirWords) {
  const auto keys = complete_filter("port:1 (src", 11);
  ASSERT_FALSE(keys.empty());
  EXPECT_EQ(keys[0].label, "src:");
  EXPECT_EQ(keys[0].insert, ":");
  const auto values = complete_filter("-proto:tcp,ud rest", 13);
  ASSERT_EQ(values.size(), 2u);
  EXPECT_EQ(values[0].label, "udp");
  EXPECT_EQ(values[0].insert, "p");
  const auto flags = complete_filter("flag:syn+a", 99);
  ASSERT_EQ(flags.size(), 1u);
  EXPECT_EQ(flags[0].label, "ack");
  EXPECT_TRUE(complete_filter("nothing:x", 9).empty());
}

TEST(ColumnsOf, NamesWhatDecides) {
  using flow::bit;
  EXPECT_EQ(columns_of(nullptr), 0u);
  EXPECT_EQ(columns_of(parse_filter("(-port:1 | dir:in) proto:tcp")->root),
            bit(Column::src_port) | bit(Column::dst_port) | bit(Column::locality) |
                bit(Column::protocol));
}

// Random filters as text, made only of what the grammar takes.
class RandomFilter {
 public:
  explicit RandomFilter(std::uint32_t seed) : random_(seed) {}

  std::string either(int depth) {
    std::string text = both(depth);
    while (below(3) == 0) text += (below(2) == 0 ? "|" : " | ") + both(depth);
    return text;
  }

 private:
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_()) % bound; }
  template <std::size_t N>
  std::string one_of(const char* const (&words)[N]) {
    return words[below(N)];
  }
  std::string both(int depth) {
    std::string text = term(depth);
    while (below(2) == 0) text += " " + term(depth);
    return text;
  }
  std::string term(int depth) {
    const std::string minus(below(4) == 0 ? below(3) : 0, '-');
    if (depth > 0 && below(3) == 0) return minus + "(" + either(depth - 1) + ")";
    return minus + word();
  }
  std::string word() {
    if (below(8) == 0) return one_of({"dns", "10.1.2.3", "\"q \\\" r\"", "fe80::1/64", "*"});
    const auto keys = filter_keys();
    const Key& key = keys[below(static_cast<std::uint32_t>(keys.size()))];
    std::string text = std::string(key.name) + ":" + value(key);
    while (below(3) == 0) text += "," + value(key);
    return text;
  }
  std::string scalar(ValueKind kind) {
    if (kind == ValueKind::Count) {
      return std::to_string(below(5000)) + one_of({"", "k", "M", "G"});
    }
    if (kind == ValueKind::Duration) {
      return std::to_string(below(5000)) + one_of({"ms", "s", "m", "h", "d", "w"});
    }
    if (kind == ValueKind::Time) {
      return below(2) == 0 ? std::to_string(random_()) : "2026-08-13T20:00:05.120Z";
    }
    if (kind == ValueKind::Mac) {
      return one_of({"00:00:00:00:00:00", "00:0c:29:4f:8e:35", "ff-ff-ff-ff-ff-ff"});
    }
    return std::to_string(below(256));
  }
  std::string value(const Key& key) {
    if (key.kind == ValueKind::Word) return word(value_words(key));
    static const std::map<ValueKind, std::vector<std::string>> kWords = {
        {ValueKind::Network,
         {"10.0.0.5", "10/8", "2001:db8::1", "::/0", "0.0.0.0/0", "*", "1.2.3.4/31"}},
        {ValueKind::Text, {"dns", "\"\"", "YOU*", "\"a b\"", "\"-\"", "\"\\\\\"", "ü"}},
        {ValueKind::TcpFlags, {"syn", "syn+ack", "*", "0x200", "ns+0x400+fin"}},
        {ValueKind::YesOrNo, {"yes", "no", "true", "FALSE", "*"}},
        {ValueKind::Way, {"in", "out", "local", "transit", "*"}},
        {ValueKind::Direction, {"ingress", "egress", "0", "7", "*", "<=1", ">1"}},
    };
    const auto words = kWords.find(key.kind);
    if (words == kWords.end()) return one_of({"", "", ">=", "<="}) + scalar(key.kind);
    return words->second[below(static_cast<std::uint32_t>(words->second.size()))];
  }

  std::string word(const std::vector<std::string_view>& words) {
    const std::uint32_t chosen = below(static_cast<std::uint32_t>(words.size()) + 1);
    return chosen == words.size() ? "*" : std::string(words[chosen]);
  }

  std::mt19937 random_;
};

TEST(Filter, CanonicalTextParsesToTheSameTree) {
  for (std::uint32_t seed = 0; seed < 2'000; ++seed) {
    const std::string text = RandomFilter(seed).either(4);
    if (text.size() > kMaxFilterOctets / 2) continue;
    const auto filter = parse_filter(text);
    ASSERT_TRUE(filter) << text << ": " << filter.error().front().message;
    const auto again = parse_filter(filter->canonical);
    ASSERT_TRUE(again) << filter->canonical << ": " << again.error().front().message;
    EXPECT_TRUE(same_tree(filter->root, again->root)) << text << " -> " << filter->canonical;
    EXPECT_EQ(filter->canonical, again->canonical);
  }
}

TEST(PortNames, StandForTheirPortsWhereAPortMayStand) {
  const PortNames names = {{"dhcp", {67, 68}}, {"rdp", {3389}}, {"443", {1}}};
  const auto canonical = [&](std::string_view text) {
    const auto filter = parse_filter(text, names);
    return filter ? filter->canonical : std::string("error: ") + filter.error().front().message;
  };
  EXPECT_EQ(canonical("port:rdp"), "port:3389");
  EXPECT_EQ(canonical("-dport:DHCP,22"), "-dport:22,67,68");
  EXPECT_EQ(canonical("src_port:\"rdp\""), canonical("sport:3389"));
  EXPECT_EQ(canonical("port:443"), "port:443") << "a number is no name";
  EXPECT_EQ(canonical("as:rdp").substr(0, 6), "error:");
  EXPECT_EQ(canonical("port:rpd").substr(0, 6), "error:");
  EXPECT_FALSE(parse_filter("port:rdp")) << "nobody said what it is";
}

TEST(PortNames, CompleteWhatIsBegun) {
  const PortNames names = {{"rdp", {3389}}, {"remotescan", {6077, 6078}}, {"ssh", {22}}};
  const auto found = complete_filter("port:22,re", 10, names);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].insert, "motescan");
  EXPECT_EQ(found[0].label, "remotescan");
  EXPECT_EQ(found[0].detail, "6077,6078");
}

}  // namespace
}  // namespace query
