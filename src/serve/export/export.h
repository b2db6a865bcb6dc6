#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/plan/answer.h"
#include "query/plan/plan.h"

// Answers as text. Every writer streams: it holds a buffer of fixed size (the table, a window of
// rows), whatever the answer's length.
namespace serve {

enum class Format : std::uint8_t { Table, Json, Csv, Ndjson };

// "table", "json", "csv", "ndjson"; nothing for anything else.
std::optional<Format> find_format(std::string_view name);
// For the Content-Type header.
std::string_view content_type(Format format);

// Where the text goes, in pieces. False: the receiver has gone, nothing more is wanted.
using Output = std::function<bool(std::string_view)>;

// An answer's rows as they come, then, by finish(), what the answer says of itself. Not
// thread-safe: used by the thread that runs the query. Destroyed without finish() it leaves the
// text incomplete, which is how a failed query shows.
class AnswerWriter : public query::AnswerSink {
 public:
  // Writes what remains. False: the receiver has gone.
  virtual bool finish(const query::AnswerSummary& summary) = 0;
};

// Keeps no reference to `plan`.
std::unique_ptr<AnswerWriter> make_writer(Format format, const query::Plan& plan, Output output);

// What a reader of the rows should know and the rows do not say: loss, estimates, a replay that is
// still under way. A sentence each; empty: nothing.
std::vector<std::string> remarks(const query::Plan& plan, const query::AnswerSummary& summary);

}  // namespace serve
