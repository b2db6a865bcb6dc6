#include "collect/decode/not_counted.h"

#include "base/check.h"

namespace collect {

flow::NotCounted reason_of(wire::Malformed malformed) {
  using flow::NotCounted;
  using wire::Malformed;
  switch (malformed) {
    case Malformed::HeaderTruncated:
      return NotCounted::HeaderTruncated;
    case Malformed::LengthLies:
      return NotCounted::LengthLies;
    case Malformed::CountLies:
      return NotCounted::CountLies;
    case Malformed::SetHeaderTruncated:
      return NotCounted::SetHeaderTruncated;
    case Malformed::SetShorterThanItsHeader:
      return NotCounted::SetShorterThanItsHeader;
    case Malformed::SetLongerThanMessage:
      return NotCounted::SetLongerThanMessage;
    case Malformed::ReservedSetId:
      return NotCounted::ReservedSetId;
    case Malformed::RecordTruncated:
      return NotCounted::RecordTruncated;
    case Malformed::VariableLengthTruncated:
      return NotCounted::VariableLengthTruncated;
    case Malformed::TemplateTruncated:
      return NotCounted::TemplateTruncated;
    case Malformed::TemplateZeroSize:
      return NotCounted::TemplateZeroSize;
    case Malformed::TemplateIdReserved:
      return NotCounted::TemplateIdReserved;
    case Malformed::ScopeInvalid:
      return NotCounted::ScopeInvalid;
  }
  CHECK(false);
}

}  // namespace collect
