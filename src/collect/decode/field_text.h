#pragma once

#include <string>
#include <utility>
#include <vector>

#include "collect/decode/field_plan.h"
#include "collect/decode/message.h"
#include "know/text_table.h"
#include "wire/bytes/byte_reader.h"
#include "wire/export/template.h"

namespace collect {

// A name that an exporter tells, as know::text_of_field() makes it fit to be kept and shown.
know::FieldText words_of_field(wire::ByteView field, std::size_t most);

using FieldTexts = std::vector<std::pair<std::string, std::string>>;

// A record's fields by registry name, each value as text: numbers, addresses, strings (without
// what follows a NUL), or hexadecimal. Slow; for people, never for the data path.
FieldTexts texts_of(const wire::Template& described, Protocol protocol, wire::ByteView record);
FieldTexts texts_of(const wire::Template& described, Protocol protocol, const FieldViews& fields);

}  // namespace collect
