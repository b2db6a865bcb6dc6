#pragma once

#include <vector>

#include "collect/decode/field_plan.h"

namespace collect {

// The functions that make columns of a template's clues, in the order in which they run: where
// several can fill a column, the later and better one overrides.
std::vector<Finish> finishes_for(const FieldPlan& plan);

// The ports of an ICMP flow carry type and code where no field of its own does: type * 256 + code
// as destination port, or byte-swapped as source port (old Cisco). Leaves other protocols alone.
void say_icmp_of_ports(flow::FlowRecord& flow);

// Turns a finished flow around: the other direction of a bidirectional record, from the clues of
// its reverse half. Empty when that half counts nothing.
std::optional<flow::FlowRecord> reverse_of(const Row& row, ClueMask given);

}  // namespace collect
