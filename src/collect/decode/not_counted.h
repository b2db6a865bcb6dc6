#pragma once

#include "flow/ledger.h"
#include "wire/export/malformed.h"

namespace collect {

// The ledger's name for wrong octets.
flow::NotCounted reason_of(wire::Malformed malformed);

}  // namespace collect
