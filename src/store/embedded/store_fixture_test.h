#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "flow/name_pool.h"
#include "flow/record.h"
#include "store/embedded/embedded_store.h"

namespace store {

// Noon of 2026-11-23 UTC.
constexpr base::UnixMs kNoon = 1'795'435'200'000;

inline flow::Address address(std::string_view text) {
  return flow::parse_address(text).value();
}

// A flow from a local host to a remote one, ten seconds long, received a second after its end.
inline flow::FlowRecord a_flow(std::string_view src, std::string_view dst, std::int64_t bytes,
                               base::UnixMs end = kNoon) {
  using flow::Column;
  flow::FlowRecord flow;
  flow.start = end - 10'000;
  flow.end = end;
  flow.received = end + 1'000;
  flow.exporter = address("192.0.2.1");
  flow.src = address(src);
  flow.dst = address(dst);
  flow.bytes = bytes;
  flow.packets = bytes / 100 + 1;
  flow.locality = static_cast<std::uint8_t>(flow::Locality::LocalToRemote);
  flow.counted = true;
  flow.app = flow::NamePool::instance().id_of(flow::NameKind::Known, "https");
  for (const Column column :
       {Column::start, Column::end, Column::received, Column::exporter, Column::src, Column::dst,
        Column::bytes, Column::packets, Column::locality, Column::counted, Column::app}) {
    flow.present |= flow::bit(column);
  }
  return flow;
}

inline std::unique_ptr<flow::Batch> batch_of(const std::vector<flow::FlowRecord>& flows,
                                             std::uint64_t segment = 1) {
  auto batch = std::make_unique<flow::Batch>(flows.size());
  batch->segment = segment;
  batch->append(flows);
  return batch;
}

// An answer as text, one line per row, values parted by spaces, "-" where absent.
class TextSink final : public query::AnswerSink {
 public:
  void head(const std::vector<query::AnswerColumn>& columns) override {
    EXPECT_TRUE(columns_.empty()) << "head came twice";
    columns_ = columns;
  }
  bool chunk(const query::AnswerChunk& chunk) override {
    for (std::size_t row = 0; row < chunk.rows; ++row) {
      std::string line;
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        line += (i == 0 ? "" : " ") + cell(chunk.columns[i], columns_[i].type, row);
      }
      rows.push_back(line);
    }
    return true;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& column : columns_) names.push_back(column.name);
    return names;
  }

  std::vector<std::string> rows;

 private:
  static std::string cell(const query::AnswerValues& values, query::AnswerType type,
                          std::size_t row) {
    if (values.valid[row] == 0) return "-";
    switch (type) {
      case query::AnswerType::Address:
        return flow::to_text(values.addresses[row]);
      case query::AnswerType::Text:
        return std::string(values.texts[row]);
      case query::AnswerType::Number:
      case query::AnswerType::Time:
      case query::AnswerType::Flag:
      case query::AnswerType::Mac:
        return std::to_string(values.numbers[row]);
    }
    return "?";
  }

  std::vector<query::AnswerColumn> columns_;
};

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    std::string pattern = testing::TempDir() + "store_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~StoreTest() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  void open() {
    store_.reset();
    budget_ = std::make_unique<base::DiskBudget>(limit_octets_);
    auto opened = EmbeddedStore::open(folder_, *budget_);
    ASSERT_TRUE(opened) << base::to_text(opened.error());
    store_ = std::move(*opened);
  }
  void append(const std::vector<flow::FlowRecord>& flows, std::uint64_t segment = 1) {
    store_->append(batch_of(flows, segment));
  }
  void commit(std::uint64_t segment) {
    const auto done = store_->commit(
        {.segment = segment, .minutes = {}, .rolled_up = false, .ledger = {}, .exporters = {}});
    ASSERT_TRUE(done) << base::to_text(done.error());
  }

  static query::Plan plan(const std::string& by, const std::string& filter = "",
                          const std::string& metric = "bytes", const std::string& step = "") {
    query::PlanText text;
    text.by = by;
    text.filter = filter;
    text.metric = metric;
    text.step = step;
    text.range =
        std::to_string(kNoon - base::kMsPerHour) + ".." + std::to_string(kNoon + base::kMsPerHour);
    auto made = query::make_plan(text, kNoon);
    EXPECT_TRUE(made) << base::to_text(made.error());
    return made ? *made : query::Plan{};
  }
  std::vector<std::string> ask(const query::Plan& plan) {
    TextSink sink;
    const auto answer = store_->query(plan, sink, query::Cancel());
    EXPECT_TRUE(answer) << answer.error().detail;
    if (answer) summary_ = *answer;
    return sink.rows;
  }

  std::filesystem::path folder_;
  std::uint64_t limit_octets_ = 1u << 30;
  std::unique_ptr<base::DiskBudget> budget_;
  std::unique_ptr<EmbeddedStore> store_;
  query::AnswerSummary summary_;
};

}  // namespace store
