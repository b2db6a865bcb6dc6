#include "base/check.h"
#include "query/plan/plan.h"

namespace query {

std::string_view name_of(const Dimension& dimension) {
  if (const auto* column = std::get_if<flow::Column>(&dimension)) return flow::spec(*column).name;
  switch (std::get<DerivedDimension>(dimension)) {
    case DerivedDimension::Host:
      return "host";
    case DerivedDimension::Interface:
      return "if";
    case DerivedDimension::Way:
      return "dir";
  }
  CHECK(false);
}

std::string_view name_of(Metric metric) {
  switch (metric) {
    case Metric::Bytes:
      return "bytes";
    case Metric::Packets:
      return "packets";
    case Metric::Flows:
      return "flows";
    case Metric::RawBytes:
      return "raw_bytes";
    case Metric::RawPackets:
      return "raw_packets";
    case Metric::RawFlows:
      return "raw_flows";
  }
  CHECK(false);
}

}  // namespace query
