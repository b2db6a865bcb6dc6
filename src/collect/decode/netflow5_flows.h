#pragma once

#include "collect/datagram.h"
#include "collect/decode/exporter.h"
#include "collect/decode/output.h"

namespace collect {

// Decodes a NetFlow v5 datagram and counts it. Its flows need no template.
base::Expected<void, wire::Malformed> decode_netflow5(const Datagram& datagram, Exporter& exporter,
                                                      Output& output);

}  // namespace collect
