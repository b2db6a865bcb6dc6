#pragma once

#include <vector>

#include "collect/decode/decoder.h"
#include "flow/record.h"

namespace collect {

// Where decoded records go.
struct Output {
  std::vector<flow::FlowRecord>& flows;
  std::vector<OtherRecord>* others;  // null: options and events are only counted
};

}  // namespace collect
