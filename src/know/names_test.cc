#include "know/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "know/name_store.h"

namespace know {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

flow::Address address_of(std::string_view text) {
  return flow::parse_address(text).value();
}

TEST(HostName, TakesWhatANameServerMaySay) {
  EXPECT_EQ(host_name("nas.lan."), "nas.lan");
  EXPECT_EQ(host_name("Living-room_TV"), "Living-room_TV");
  EXPECT_EQ(host_name("xn--bcher-kva.example"), "xn--bcher-kva.example");
  EXPECT_EQ(host_name(std::string(253, 'a')), std::string(253, 'a'));
}

TEST(HostName, RefusesWhatIsNone) {
  for (const std::string_view text :
       {"", ".", "..", ".a", "a..b", "<script>alert(1)</script>", "a b", "a\nb", "=1+1",
        "192.0.2.1", "2001:db8::1", "caf\xc3\xa9", "a,b", "a\"b", "\x1b[31m"}) {
    EXPECT_EQ(host_name(text), std::nullopt) << text;
  }
  EXPECT_EQ(host_name(std::string(254, 'a')), std::nullopt);
}

TEST(PersonsName, IsTextOfAnyScriptThatShows) {
  EXPECT_EQ(persons_name("  Living-room TV "), "Living-room TV");
  EXPECT_EQ(persons_name("<b>"), "<b>");  // shown as text wherever it stands
  EXPECT_EQ(persons_name("\xe3\x83\x86\xe3\x83\xac\xe3\x83\x93"),
            "\xe3\x83\x86\xe3\x83\xac\xe3\x83\x93");
  EXPECT_EQ(persons_name("   "), "");
  EXPECT_EQ(persons_name(std::string(64, 'a')), std::string(64, 'a'));
}

TEST(PersonsName, RefusesWhatControlsAScreen) {
  for (const std::string_view text : {"a\nb", "a\x7f", "a\xc2\x85",
                                      "a\xe2\x80\xae"
                                      "b",
                                      "a\xe2\x81\xa6"
                                      "b",
                                      "a\xe2\x80\x8b"
                                      "b",
                                      "\xff"}) {
    EXPECT_EQ(persons_name(text), std::nullopt) << text;
  }
  EXPECT_EQ(persons_name(std::string(65, 'a')), std::nullopt);
}

TEST(NameOrigin, IsReadBackAsItIsWritten) {
  for (const NameOrigin origin : kNameOrigins) {
    EXPECT_EQ(parse_name_origin(to_text(origin)), origin);
  }
  EXPECT_EQ(parse_name_origin("guess"), std::nullopt);
}

class StoredNamesTest : public testing::Test {
 protected:
  StoredNamesTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "weir-names-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    open();
  }
  ~StoredNamesTest() override { std::filesystem::remove_all(folder_); }

  void open(std::size_t addresses_max = 1'000) {
    store_.reset();
    auto opened = NameStore::open(file(), addresses_max, networks_);
    ASSERT_TRUE(opened) << base::to_text(opened.error());
    store_ = std::move(*opened);
  }
  std::filesystem::path file() const { return folder_ / "state.db"; }
  // "name (origin)", or nothing.
  std::string called(std::string_view address, base::UnixMs now = 1'000'000) const {
    const auto names = store_->names(now);
    const Named* named = names->find(address_of(address));
    return named == nullptr ? "" : named->name + " (" + std::string(to_text(named->origin)) + ")";
  }

  const flow::Address nas_ = address_of("192.168.1.5");
  std::filesystem::path folder_;
  base::Snapshot<LocalNetworks> networks_;
  std::unique_ptr<NameStore> store_;
};

TEST_F(StoredNamesTest, TheFirstOriginThatHasANameWins) {
  store_->confirm(NameOrigin::ReverseDns, nas_, "nas.lan", 1);
  EXPECT_EQ(called("192.168.1.5"), "nas.lan (dns)");
  store_->confirm(NameOrigin::Lease, nas_, "nas", 2);
  EXPECT_EQ(called("192.168.1.5", 2'000'000), "nas (dhcp)");
  store_->confirm(NameOrigin::HostsFile, nas_, "nas-hosts", 3);
  EXPECT_EQ(called("192.168.1.5", 3'000'000), "nas-hosts (hosts)");
  ASSERT_TRUE(store_->set_by_person(nas_, "Disks", 4));
  EXPECT_EQ(called("192.168.1.5", 3'000'000), "Disks (person)");
  ASSERT_TRUE(store_->set_by_person(nas_, "", 5));
  EXPECT_EQ(called("192.168.1.5", 3'000'000), "nas-hosts (hosts)");
  EXPECT_EQ(called("192.168.1.6"), "");
}

TEST_F(StoredNamesTest, ANameStandsUntilItsOriginSaysAnother) {
  store_->confirm(NameOrigin::Lease, nas_, "old", 10);
  store_->confirm(NameOrigin::Lease, nas_, "old", 20);
  store_->confirm(NameOrigin::Lease, nas_, "new", 30);
  EXPECT_THAT(store_->history(nas_),
              ElementsAre(NameRecord{NameOrigin::Lease, "new", 30, 30, std::nullopt},
                          NameRecord{NameOrigin::Lease, "old", 10, 20, 30}));
  store_->confirm(NameOrigin::Lease, nas_, "old", 40);
  EXPECT_THAT(store_->history(nas_),
              ElementsAre(NameRecord{NameOrigin::Lease, "old", 10, 40, std::nullopt},
                          NameRecord{NameOrigin::Lease, "new", 30, 30, 40}));
}

TEST_F(StoredNamesTest, AFileThatIsReadWholeEndsWhatItDoesNotSayAnyMore) {
  const flow::Address tv = address_of("192.168.1.6");
  store_->replace_all(NameOrigin::HostsFile, {{nas_, "nas"}, {tv, "tv"}, {tv, "second"}}, 10);
  EXPECT_EQ(called("192.168.1.6"), "tv (hosts)");
  store_->replace_all(NameOrigin::HostsFile, {{nas_, "nas"}}, 20);
  EXPECT_EQ(called("192.168.1.6", 3'000'000), "");
  EXPECT_EQ(called("192.168.1.5", 3'000'000), "nas (hosts)");
  EXPECT_THAT(store_->history(tv),
              ElementsAre(NameRecord{NameOrigin::HostsFile, "tv", 10, 10, 20}));
}

TEST_F(StoredNamesTest, OutliveTheProcess) {
  store_->confirm(NameOrigin::ReverseDns, nas_, "nas.lan", 10);
  store_->confirm(NameOrigin::ReverseDns, nas_, "disks.lan", 20);
  ASSERT_TRUE(store_->flush());
  ASSERT_TRUE(store_->set_by_person(nas_, "Disks", 30));  // needs no flush
  const auto before = store_->history(nas_);
  EXPECT_EQ(before.size(), 3u);
  open();
  EXPECT_EQ(store_->history(nas_), before);
  EXPECT_EQ(called("192.168.1.5"), "Disks (person)");
  const auto read = read_names(file());
  ASSERT_TRUE(read) << base::to_text(read.error());
  EXPECT_EQ(read->records.at(nas_), before);
  EXPECT_EQ(read->names->find(nas_)->name, "Disks");
}

TEST_F(StoredNamesTest, RemoteAddressesAreForgottenFirstThenTheLongestNotShown) {
  open(3);
  ASSERT_TRUE(store_->set_by_person(address_of("198.51.100.1"), "Office", 1));
  store_->confirm(NameOrigin::ReverseDns, nas_, "nas", 2);
  store_->confirm(NameOrigin::ReverseDns, address_of("203.0.113.1"), "far", 50);
  store_->confirm(NameOrigin::ReverseDns, address_of("192.168.1.6"), "tv", 60);
  EXPECT_EQ(called("203.0.113.1"), "");
  const flow::Address shown[] = {nas_};
  store_->shown(shown, 70);
  store_->confirm(NameOrigin::ReverseDns, address_of("192.168.1.7"), "pc", 80);
  EXPECT_EQ(called("192.168.1.6", 3'000'000), "");
  EXPECT_EQ(called("192.168.1.5", 3'000'000), "nas (dns)");
  EXPECT_EQ(called("198.51.100.1", 3'000'000), "Office (person)");
  EXPECT_EQ(store_->counters().forgotten.get(), 2u);
  ASSERT_TRUE(store_->flush());
  open(3);
  EXPECT_EQ(store_->size(), 3u);
}

TEST_F(StoredNamesTest, PersonsNamesAreNotPushedOut) {
  open(2);
  ASSERT_TRUE(store_->set_by_person(address_of("198.51.100.1"), "A", 1));
  ASSERT_TRUE(store_->set_by_person(address_of("198.51.100.2"), "B", 2));
  const auto third = store_->set_by_person(nas_, "C", 3);
  ASSERT_FALSE(third);
  EXPECT_EQ(std::get<base::UserError>(third.error()).where, "name");
  store_->confirm(NameOrigin::ReverseDns, nas_, "nas", 4);
  EXPECT_EQ(store_->counters().not_kept.get(), 1u);
  EXPECT_EQ(called("198.51.100.1"), "A (person)");
}

TEST_F(StoredNamesTest, TheHistoryOfAnAddressIsBounded) {
  for (int i = 0; i < 40; ++i) {
    store_->confirm(NameOrigin::Lease, nas_, "name" + std::to_string(i), 10 * i);
  }
  const auto history = store_->history(nas_);
  EXPECT_EQ(history.size(), NameStore::kHistoryMax);
  EXPECT_EQ(history.front().name, "name39");
  EXPECT_EQ(history.back().name, "name24");
}

TEST_F(StoredNamesTest, RefusesAPersonsNameThatIsNone) {
  const auto refused = store_->set_by_person(nas_, "a\nb", 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(std::get<base::UserError>(refused.error()).where, "name");
  EXPECT_THAT(store_->history(nas_), IsEmpty());
}

}  // namespace
}  // namespace know
