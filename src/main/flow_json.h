#pragma once

#include <string>

#include "collect/decode/decoder.h"
#include "flow/ledger.h"
#include "flow/record.h"

namespace weir {

// Appends one line of JSON, with its newline: an object of the columns the flow has.
void append_json_line(std::string& out, const flow::FlowRecord& flow);

// The same for a record that is no flow: "kind", "exporter", "domain" and "fields" by name.
void append_json_line(std::string& out, const collect::OtherRecord& record);

// Appends an object of the counts: equalities first, then the reasons that are not 0.
void append_json(std::string& out, const flow::LedgerCounts& counts);

}  // namespace weir
