#include "wire/export/template.h"

namespace wire {

std::size_t smallest_record_octets(const std::vector<FieldSpecifier>& fields) {
  std::size_t octets = 0;
  for (const FieldSpecifier& field : fields) {
    octets += field.length == kVariableLength ? 1 : field.length;
  }
  return octets;
}

void put_variable_length(ByteWriter& record, std::uint16_t length) {
  if (length < 255) {
    record.put(static_cast<std::uint8_t>(length));
    return;
  }
  record.put(std::uint8_t{255});
  record.put(length);
}

}  // namespace wire
