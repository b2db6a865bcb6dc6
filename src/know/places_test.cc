#include "know/places.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/clock.h"
#include "know/place_files.h"
#include "know/testing_mmdb.h"

namespace know {
namespace {

MmdbValue::Map country_entry(const char* code) {
  return {{"country", MmdbValue{MmdbValue::Map{{"iso_code", MmdbValue{std::string(code)}}}}}};
}

MmdbValue::Map as_entry(std::uint32_t number, const char* name) {
  return {{"autonomous_system_number", MmdbValue{number}},
          {"autonomous_system_organization", MmdbValue{std::string(name)}}};
}

std::string country_at(const Places& places, const char* address) {
  return std::string(
      flow::NamePool::instance().text_of(places.country(*flow::parse_address(address))));
}

class PlacesTest : public ::testing::Test {
 protected:
  PlacesTest() {
    std::string pattern = ::testing::TempDir() + "weir_places_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~PlacesTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path file(const char* name) const { return folder_ / name; }
  void write_text(const char* name, std::string_view text) const {
    std::ofstream(file(name)) << text;
  }

  std::filesystem::path folder_;
  std::string problem_;
};

TEST_F(PlacesTest, NameTheCountriesOfBothFamilies) {
  MmdbWriter writer;
  writer.add("192.0.2.0/24", country_entry("de"));
  writer.add("192.0.3.0/25", country_entry("IS"));
  writer.add("198.51.100.7", country_entry("NZ"));
  writer.add("2001:db8:1::/48", country_entry("FR"));
  writer.add("2001:db8:2::5", country_entry("PT"));
  writer.add_6to4();
  writer.write(file("countries"));
  const Places places(file("countries"), {}, problem_);
  EXPECT_EQ(problem_, "");
  EXPECT_EQ(country_at(places, "192.0.2.0"), "DE");
  EXPECT_EQ(country_at(places, "192.0.2.255"), "DE");
  EXPECT_EQ(country_at(places, "192.0.3.127"), "IS");
  EXPECT_EQ(country_at(places, "192.0.3.128"), "other");
  EXPECT_EQ(country_at(places, "192.0.1.255"), "other");
  EXPECT_EQ(country_at(places, "198.51.100.7"), "NZ");
  EXPECT_EQ(country_at(places, "198.51.100.8"), "other");
  EXPECT_EQ(country_at(places, "2001:db8:1:ffff::1"), "FR");
  EXPECT_EQ(country_at(places, "2001:db8:2::5"), "PT");
  EXPECT_EQ(country_at(places, "2001:db8:2::6"), "other");
  EXPECT_EQ(country_at(places, "2001:db8:0:ffff::1"), "other");
}

TEST_F(PlacesTest, TakeOtherNamesOfTheSameFields) {
  MmdbWriter writer;
  writer.add("192.0.2.0/25", {{"country_code", MmdbValue{std::string("AT")}}});
  writer.add("192.0.2.128/25", {{"country", MmdbValue{std::string("CH")}},
                                {"asn", MmdbValue{std::string("AS64501")}},
                                {"as_name", MmdbValue{std::string("Two")}}});
  writer.write(file("both"));
  const Places places(file("both"), file("both"), problem_);
  EXPECT_EQ(country_at(places, "192.0.2.1"), "AT");
  EXPECT_EQ(country_at(places, "192.0.2.200"), "CH");
  EXPECT_EQ(places.as(*flow::parse_address("192.0.2.200")), 64'501U);
  EXPECT_EQ(places.as_name(64'501), "Two");
  EXPECT_EQ(places.as(*flow::parse_address("192.0.2.1")), 0U);
}

TEST_F(PlacesTest, SayOfAFileThatIsNoneWhy) {
  write_text("text", "no such database");
  MmdbWriter writer;
  writer.add("192.0.2.0/24", as_entry(64'500, "\x1b[2J<b>One"));
  writer.write(file("ases"));
  const Places places(file("text"), file("ases"), problem_);
  EXPECT_EQ(problem_, "countries: " + file("text").string() +
                          ": The MaxMind DB file contains invalid metadata");
  EXPECT_EQ(country_at(places, "192.0.2.1"), "other");
  EXPECT_EQ(places.as(*flow::parse_address("192.0.2.1")), 64'500U);
  EXPECT_EQ(places.as_name(64'500), "?[2J<b>One");

  std::string problem;
  const Places wrong_kind(file("ases"), {}, problem);
  EXPECT_EQ(problem, "countries: " + file("ases").string() + ": it names none");
}

// A copy that was broken off: the tree points beyond what is there.
TEST_F(PlacesTest, SurviveAFileThatIsCut) {
  MmdbWriter writer;
  for (int i = 0; i < 200; ++i) {
    const std::string network = "198.51." + std::to_string(i) + ".0/24";
    writer.add(network.c_str(), country_entry("NO"));
  }
  writer.write(file("whole"));
  const auto whole = std::filesystem::file_size(file("whole"));
  std::ifstream in(file("whole"), std::ios::binary);
  const std::string octets((std::istreambuf_iterator<char>(in)), {});
  for (std::size_t cut = whole / 7; cut < whole; cut += whole / 7) {
    std::ofstream(file("cut"), std::ios::binary) << octets.substr(cut);
    std::string problem;
    const Places places(file("cut"), {}, problem);
    EXPECT_TRUE(!problem.empty() || country_at(places, "198.51.3.1") == "other" ||
                country_at(places, "198.51.3.1") == "NO");
  }
}

class PlaceFilesTest : public PlacesTest {
 protected:
  void look_until_still(PlaceFiles& files) const {
    files.look();
    files.look();
  }
};

TEST_F(PlaceFilesTest, TakeANewFileAndKeepWhatHeldWhenItIsNone) {
  MmdbWriter first;
  first.add("192.0.2.0/24", country_entry("DE"));
  first.write(file("countries"));
  int published = 0;
  PlaceFiles files({file("countries"), {}, {}, {}}, [&](const auto&) { ++published; });
  const auto address = *flow::parse_address("192.0.2.1");
  EXPECT_EQ(files.of(address).country, "DE");
  EXPECT_EQ(published, 1);

  write_text("countries", "half a fi");
  look_until_still(files);
  EXPECT_EQ(files.of(address).country, "DE");
  EXPECT_NE(files.notes()->problem, "");
  EXPECT_EQ(published, 1);

  MmdbWriter second;
  second.add("192.0.2.0/24", country_entry("IS"));
  second.write(file("countries"));
  look_until_still(files);
  EXPECT_EQ(files.of(address).country, "IS");
  EXPECT_EQ(files.notes()->problem, "");
  EXPECT_EQ(published, 2);
}

TEST_F(PlaceFilesTest, KnowTheCityOfAHostThatIsLookedAt) {
  MmdbWriter writer;
  writer.add(
      "192.0.2.0/24",
      {{"city",
        MmdbValue{MmdbValue::Map{
            {"names", MmdbValue{MmdbValue::Map{{"en", MmdbValue{std::string("Reykjavik")}}}}}}}}});
  writer.write(file("cities"));
  const PlaceFiles files({{}, {}, file("cities"), {}}, [](const auto&) {});
  EXPECT_EQ(files.of(*flow::parse_address("192.0.2.9")).city, "Reykjavik");
  EXPECT_EQ(files.of(*flow::parse_address("192.0.3.9")).city, "");
}

TEST_F(PlaceFilesTest, FillTheLinksIn) {
  write_text("links",
             "# mine\nLook up https://example.org/?ip={address}\nAS https://example.org/as{as}\n");
  PlaceFiles files({{}, {}, {}, file("links")}, [](const auto&) {});
  const auto address = *flow::parse_address("2001:db8::1");
  EXPECT_EQ(files.of(address).links,
            (std::vector<PlaceLink>{{"Look up", "https://example.org/?ip=2001:db8::1"}}));
  EXPECT_EQ(links_of(parse_links("AS https://example.org/as{as}").links, address, 64'500),
            (std::vector<PlaceLink>{{"AS", "https://example.org/as64500"}}));
  std::filesystem::remove(file("links"));
  look_until_still(files);
  EXPECT_EQ(files.of(address).links.size(), 3U);  // ours, without the one of an AS
}

TEST(PlaceLinks, OfALineThatIsNoneSayWhy) {
  const auto read = parse_links(
      "alone\nscript javascript:alert({address})\nno place https://example.org/\n"
      "odd https://example.org/{address}\"onclick=\ngood https://example.org/{address}\n");
  std::vector<std::string> told;
  for (const Warning& warning : read.warnings.listed()) told.push_back(to_text(warning));
  EXPECT_EQ(told,
            (std::vector<std::string>{
                "1: alone: expected a name, a blank and a web address",
                "2: script javascript:alert({address}): expected a web address that begins with "
                "https:// or http://",
                "3: no place https://example.org/: expected {address} or {as} in the web address",
                "4: odd https://example.org/{address}\"onclick=: the web address has characters it "
                "cannot have"}));
  EXPECT_EQ(read.links.size(), 1U);
}

TEST(PlaceLinks, OursAreAllRight) {
  EXPECT_TRUE(parse_links(default_links()).warnings.empty());
  EXPECT_EQ(parse_links(default_links()).links.size(), 4U);
}

}  // namespace
}  // namespace know
