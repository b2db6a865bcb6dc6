#pragma once

#include <string>
#include <utility>
#include <vector>

#include "collect/decode/field_plan.h"
#include "collect/decode/message.h"
#include "wire/bytes/byte_reader.h"
#include "wire/export/template.h"

namespace collect {

using FieldTexts = std::vector<std::pair<std::string, std::string>>;

// A record's fields by registry name, each value as text: numbers, addresses, strings (without
// what follows a NUL), or hexadecimal. Slow; for people, never for the data path.
FieldTexts texts_of(const wire::Template& described, Protocol protocol, wire::ByteView record);
FieldTexts texts_of(const wire::Template& described, Protocol protocol, const FieldViews& fields);

}  // namespace collect
