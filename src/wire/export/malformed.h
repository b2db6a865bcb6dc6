#pragma once

#include <cstdint>
#include <string_view>

namespace wire {

// How octets somebody sent us can be wrong. Structure only: whether a template is known, or a
// cache is full, is not the octets' fault and has no name here.
enum class Malformed : std::uint8_t {
  HeaderTruncated,
  LengthLies,
  CountLies,
  SetHeaderTruncated,
  SetShorterThanItsHeader,
  SetLongerThanMessage,
  ReservedSetId,
  RecordTruncated,
  VariableLengthTruncated,
  TemplateTruncated,
  TemplateZeroSize,
  TemplateIdReserved,
  ScopeInvalid,
};

// What was expected and what came, for a log line: "a set's length is below its header's 4 octets".
std::string_view to_text(Malformed malformed);

}  // namespace wire
