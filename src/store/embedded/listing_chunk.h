#pragma once

#include <vector>

#include "query/plan/answer.h"
#include "store/embedded/duck.h"
#include "store/embedded/flow_fields.h"

namespace store {

// Turns chunks of listed flows (every field of flow/columns.h in order) into answer chunks. Keeps
// its memory from one to the next.
class ListingChunk {
 public:
  ListingChunk();

  // Valid until the next call, and while `chunk` lives.
  const query::AnswerChunk& fill(const duck::Chunk& chunk);

 private:
  void fill_column(const duck::Chunk& chunk, std::size_t field, flow::Column column,
                   query::AnswerValues& values);

  query::AnswerChunk answer_;
};

}  // namespace store
