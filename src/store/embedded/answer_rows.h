#pragma once

#include <vector>

#include "query/plan/answer.h"
#include "store/embedded/groups.h"

namespace store {

// The columns of the plan's answer.
std::vector<query::AnswerColumn> answer_columns(const query::Plan& plan);

// Gives the head only before the first rows, so that a question which fails before them can be
// asked again.
class LateHead final : public query::AnswerSink {
 public:
  LateHead(query::AnswerSink& sink, std::vector<query::AnswerColumn> columns)
      : sink_(sink), columns_(std::move(columns)) {}

  void begin() {
    if (!began_) sink_.head(columns_);
    began_ = true;
  }
  bool began() const { return began_; }

  void head(const std::vector<query::AnswerColumn>&) override { begin(); }
  bool chunk(const query::AnswerChunk& chunk) override {
    begin();
    return sink_.chunk(chunk);
  }

 private:
  query::AnswerSink& sink_;
  std::vector<query::AnswerColumn> columns_;
  bool began_ = false;
};

// Collects rows of sums into a chunk. The keys given must live until clear().
class AnswerRows {
 public:
  static constexpr std::size_t kRows = 2'048;

  explicit AnswerRows(const query::Plan& plan);

  void add(const std::vector<KeyCell>& keys, const std::vector<std::int64_t>& metrics);
  void add_step(base::UnixMs time, const std::vector<KeyCell>& keys,
                const std::vector<std::int64_t>& metrics);
  bool is_full() const { return chunk_.rows == kRows; }
  const query::AnswerChunk& chunk() const { return chunk_; }
  void clear();

 private:
  std::vector<query::AnswerColumn> columns_;
  query::AnswerChunk chunk_;
};

}  // namespace store
