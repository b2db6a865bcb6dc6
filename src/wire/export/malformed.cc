#include "wire/export/malformed.h"

#include <cstdlib>

namespace wire {

std::string_view to_text(Malformed malformed) {
  switch (malformed) {
    case Malformed::HeaderTruncated:
      return "the datagram is shorter than its protocol's header";
    case Malformed::LengthLies:
      return "the message length field announces more octets than came, or less than a header";
    case Malformed::CountLies:
      return "the header announces more records than came";
    case Malformed::SetHeaderTruncated:
      return "octets that are not all zero follow the last set but are too few for a set's header";
    case Malformed::SetShorterThanItsHeader:
      return "a set's length is below the 4 octets of its header";
    case Malformed::SetLongerThanMessage:
      return "a set's length reaches beyond the message";
    case Malformed::ReservedSetId:
      return "a set has an id that the protocol reserves";
    case Malformed::RecordTruncated:
      return "a data record ends before its template does";
    case Malformed::VariableLengthTruncated:
      return "a variable-length field's length or octets reach beyond the set";
    case Malformed::TemplateTruncated:
      return "a template ends before its field count does";
    case Malformed::TemplateZeroSize:
      return "a template describes records of no octets";
    case Malformed::TemplateIdReserved:
      return "a template has an id below 256";
    case Malformed::ScopeInvalid:
      return "an options template has no scope field or more scope fields than fields";
  }
  std::abort();
}

}  // namespace wire
