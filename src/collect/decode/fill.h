#pragma once

#include <cstddef>

#include "collect/decode/field_plan.h"
#include "flow/columns.h"

namespace collect {

// The function that loads a value of exactly `octets` octets into `column`; null: it has none.
Fill fill_of(flow::Column column, std::size_t octets);

// The same for clues, 1 to 8 octets.
Fill clue_fill_of(std::size_t octets);

}  // namespace collect
