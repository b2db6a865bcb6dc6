#pragma once

#include <cstdint>

#include "base/result.h"
#include "collect/decode/exporter.h"
#include "collect/decode/output.h"
#include "wire/bytes/byte_reader.h"
#include "wire/export/malformed.h"

namespace collect {

// Decodes the records of one data set by its template: flows are appended to the output, options
// applied to the exporter, and all of them counted in the minute of header.received_ms. The answer
// is the number of records. When one is malformed, no flow and no count of the set stays; a rate or
// a start that an earlier options record told does.
base::Expected<std::uint32_t, wire::Malformed> decode_data_set(const MessageHeader& header,
                                                               KnownTemplate& known,
                                                               wire::ByteView octets,
                                                               Exporter& exporter, Output& output);

}  // namespace collect
