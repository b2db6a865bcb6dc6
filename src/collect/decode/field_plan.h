#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "collect/decode/clues.h"
#include "collect/decode/message.h"
#include "collect/decode/sampling.h"
#include "collect/decode/told_applications.h"
#include "flow/record.h"
#include "wire/bytes/byte_reader.h"
#include "wire/export/malformed.h"
#include "wire/export/template.h"

// How a record becomes a flow. Its template was compiled into a FieldPlan when it arrived: a list
// of FieldSteps, one for each field that Weir uses, then a list of Finishes. A step's Fill puts the
// field's value where it belongs: into a column of the flow, or, where it says something only
// together with others (a sysUpTime stamp, a sampler's number, a count of the reverse direction),
// beside it, as a Clue. The Finishes then make columns of clues. Both see the record as a Row.
namespace collect {

// A record while it is decoded: the flow it becomes, the clues beside it, and what its message and
// its exporter's options say about it.
struct Row {
  flow::FlowRecord& flow;
  Clues& clues;
  const MessageHeader& header;
  const SamplingTable& sampling;
  const ToldApplications& applications;
  std::optional<base::UnixMs> system_init_ms;  // IPFIX: to what sysUpTime stamps are relative
  std::uint16_t template_id;
};

struct FieldStep;
using Fill = void (*)(const FieldStep& step, wire::ByteView value, Row& row);
// Makes columns of clues once all fields are filled.
using Finish = void (*)(Row& row);

// One field that Weir uses. A field it does not use, or whose length its element cannot have, has
// no step: its octets are passed over, and a fill function never sees a size it cannot take.
struct FieldStep {
  std::uint16_t field;   // its place in the template
  std::uint16_t offset;  // in the record, when no field of the template has variable length
  std::uint16_t length;
  Clue clue;         // where a clue's fill puts the value
  bool unless_zero;  // an earlier field fills the same column: zeros must not overwrite it
  Fill fill;
};

// Where a text lies in a record of options.
struct TextPlace {
  std::uint16_t field;
  std::uint16_t offset;  // as in FieldStep
  std::uint16_t length;
};

// A template, compiled once when it arrives.
struct FieldPlan {
  std::vector<FieldStep> steps;
  std::vector<Finish> finishes;
  flow::ColumnMask columns = 0;  // filled in every record
  ClueMask clues = 0;            // given in every record
  bool is_options = false;
  // Of options: what an interface is called; absent where the record does not say which.
  std::optional<TextPlace> interface_name;
  std::optional<TextPlace> interface_description;
  std::optional<TextPlace> application_name;
  bool has_reverse = false;            // records may describe the other direction too
  std::size_t record_octets = 0;       // 0: fields of variable length
  std::size_t smallest_octets = 0;     // at least 1
  std::vector<std::uint16_t> lengths;  // of all fields; only where some are variable
};

FieldPlan compile(const wire::Template& described, Protocol protocol);

// Where a record's fields lie when lengths vary. Reused from record to record.
using FieldViews = std::vector<wire::ByteView>;

// Finds the fields of the next record; the reader stands after it. For plans with `lengths`.
base::Expected<void, wire::Malformed> locate_fields(wire::ByteReader& records,
                                                    const FieldPlan& plan, FieldViews& fields);

// Fills row.flow from a record: of fixed length, or whose fields were located.
void fill_row(const FieldPlan& plan, wire::ByteView record, Row& row);
void fill_row(const FieldPlan& plan, const FieldViews& fields, Row& row);

}  // namespace collect
