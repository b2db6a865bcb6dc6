#pragma once

#include <optional>

#include "base/result.h"
#include "collect/datagram.h"
#include "collect/decode/exporter.h"
#include "collect/decode/output.h"
#include "wire/export/malformed.h"

namespace collect {

// Decode a NetFlow v9 datagram or an IPFIX message. An error means that the header was wrong and
// nothing of it is counted yet. What is wrong further in is counted in the exporter's ledger; the
// answer is the last such thing, for a log line.
using WrongInside = std::optional<wire::Malformed>;
base::Expected<WrongInside, wire::Malformed> decode_netflow9(const Datagram& datagram,
                                                             Exporter& exporter, Output& output);
base::Expected<WrongInside, wire::Malformed> decode_ipfix(const Datagram& datagram,
                                                          Exporter& exporter, Output& output);

}  // namespace collect
