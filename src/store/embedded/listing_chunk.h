#pragma once

#include <vector>

#include "query/plan/answer.h"
#include "store/embedded/duck.h"
#include "store/embedded/flow_fields.h"

namespace store {

// Turns chunks of listed flows (the fields of some columns in order) into answer chunks of all.
// Keeps its memory from one to the next.
class ListingChunk {
 public:
  ListingChunk();

  // `columns`: those whose fields the chunk holds. Valid until the next call, and while `chunk`
  // lives.
  const query::AnswerChunk& fill(const duck::Chunk& chunk, flow::ColumnMask columns);

 private:
  void fill_column(const duck::Chunk& chunk, std::size_t field, flow::Column column,
                   query::AnswerValues& values);

  query::AnswerChunk answer_;
};

}  // namespace store
