// Holds FORMAT.md to what is written: the columns and types of a part, and what it says of itself.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "store/embedded/duck.h"
#include "store/embedded/store_fixture_test.h"

namespace store {
namespace {

using flow::ColumnType;

std::string page() {
  std::ifstream file(WEIR_FORMAT_PAGE);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class FormatTest : public StoreTest {
 protected:
  // The rows of one question to DuckDB about the one part, as text joined by blanks.
  std::vector<std::string> read(const std::string& select) {
    std::vector<std::string> lines;
    auto database = duck::Database::open({.folder = folder_.string(), .spill_name = "test"});
    EXPECT_TRUE(database) << base::to_text(database.error());
    if (!database) return lines;
    auto connection = duck::Connection::open(*database);
    EXPECT_TRUE(connection) << base::to_text(connection.error());
    if (!connection) return lines;
    duck::Sql sql("SELECT " + select);
    sql += "(" + duck::literal((folder_ / store_->parts().at(0).name).string()) + ")";
    if (select.find("(DESCRIBE") != std::string::npos) sql += ")";
    auto rows = connection->run(sql);
    EXPECT_TRUE(rows) << rows.error().text;
    if (!rows) return lines;
    for (auto chunk = rows->next(); chunk && *chunk; chunk = rows->next()) {
      for (std::size_t row = 0; row < (*chunk)->rows(); ++row) {
        lines.emplace_back((*chunk)->text(0, row));
      }
    }
    return lines;
  }
};

// As the table "in columns.h | in Parquet" has it.
std::vector<std::string> types_on_the_page(ColumnType type) {
  switch (type) {
    case ColumnType::Time:
      return {"TIMESTAMP"};
    case ColumnType::Address:
      return {"UBIGINT", "UBIGINT"};
    case ColumnType::U8:
    case ColumnType::Word:
      return {"UTINYINT"};
    case ColumnType::U16:
      return {"USMALLINT"};
    case ColumnType::U32:
      return {"UINTEGER"};
    case ColumnType::Counter:
      return {"BIGINT"};
    case ColumnType::Mac:
      return {"UBIGINT"};
    case ColumnType::Flag:
      return {"BOOLEAN"};
    case ColumnType::Name:
      return {"VARCHAR"};
  }
  return {};
}

TEST_F(FormatTest, APartHasEachFilledColumnUnderItsNameAndTypeAndNoOther) {
  open();
  auto flow = a_flow("10.0.0.1", "2001:db8::1", 500);
  flow.present = ~flow::ColumnMask{0} >> (64 - flow::kColumnCount);
  flow.present &= ~flow::bit(flow::Column::vlan);
  append({flow});
  commit(1);
  std::set<std::string> expected;
  for (const auto& spec : flow::kColumns) {
    if (spec.column == flow::Column::vlan) continue;
    const std::string name(spec.name);
    const auto types = types_on_the_page(spec.type);
    if (spec.type == ColumnType::Address) {
      expected.insert({name + "_hi " + types[0], name + "_lo " + types[1]});
    } else {
      expected.insert(name + " " + types[0]);
    }
  }
  const auto found =
      read("column_name || ' ' || column_type FROM (DESCRIBE SELECT * FROM parquet_scan");
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), expected);
}

TEST_F(FormatTest, APartSaysOfItselfWhatThePageLists) {
  open();
  append({a_flow("10.0.0.1", "198.51.100.1", 500)});
  commit(1);
  const auto metadata = read("decode(value) FROM parquet_kv_metadata");
  ASSERT_EQ(metadata.size(), 1u);
  const boost::json::object said = boost::json::parse(metadata[0]).as_object();

  const std::string text = page();
  const auto begin = text.find("## What a part says of itself");
  ASSERT_NE(begin, std::string::npos);
  const std::string section = text.substr(begin, text.find("\n## ", begin + 1) - begin);
  std::set<std::string> listed;
  const std::regex row(R"(\n\|([^|]*)\|)");
  const std::regex name(R"(`(\w+)`)");
  for (std::sregex_iterator at(section.begin(), section.end(), row), end; at != end; ++at) {
    const std::string cell = (*at)[1];
    for (std::sregex_iterator word(cell.begin(), cell.end(), name); word != end; ++word) {
      listed.insert((*word)[1]);
    }
  }
  std::set<std::string> members;
  for (const auto& member : said) members.insert(member.key());
  EXPECT_EQ(members, listed);
  EXPECT_EQ(said.at("format").as_int64(), 1);
  EXPECT_EQ(said.at("rows").to_number<int>(), 1);
}

}  // namespace
}  // namespace store
