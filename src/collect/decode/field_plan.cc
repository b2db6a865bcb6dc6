#include "collect/decode/field_plan.h"

#include <algorithm>
#include <array>
#include <limits>

#include "collect/decode/fill.h"
#include "collect/decode/finish.h"
#include "flow/elements.h"

namespace collect {
namespace {

using flow::Element;
using wire::FieldSpecifier;
using wire::kVariableLength;

constexpr std::uint8_t kNoRank = std::numeric_limits<std::uint8_t>::max();

// Scope types of NetFlow v9 (RFC 3954 section 6.1) and the elements that say the same in IPFIX.
constexpr std::uint16_t kNetflow9ScopeInterface = 2;
constexpr std::uint16_t kNetflow9ScopeTemplate = 5;
constexpr std::uint16_t kElementTemplateId = 145;
constexpr std::uint16_t kElementInterfaceName = 82;
constexpr std::uint16_t kElementInterfaceDescription = 83;
constexpr std::uint16_t kElementApplicationName = 96;
// ingressInterface, egressInterface, and the physical ones.
constexpr auto kInterfaceElements = std::to_array<std::uint16_t>({10, 14, 252, 253});

std::optional<Element> usable_element(const FieldSpecifier& field) {
  const auto element = flow::find_element(field.enterprise, field.id);
  if (!element || field.length < element->min_octets || field.length > element->max_octets) {
    return std::nullopt;
  }
  return element;
}

std::optional<Clue> usable_clue(const FieldSpecifier& field) {
  const auto element = find_clue(field.enterprise, field.id);
  if (!element || field.length == 0 || field.length > element->max_octets) return std::nullopt;
  return element->clue;
}

bool is_interface_element(const FieldSpecifier& field) {
  return field.enterprise == 0 &&
         std::ranges::find(kInterfaceElements, field.id) != kInterfaceElements.end();
}

std::optional<Clue> scope_clue(const FieldSpecifier& field, Protocol protocol) {
  if (field.length == 0 || field.length > 8) return std::nullopt;
  if (protocol == Protocol::Netflow9) {
    if (field.id == kNetflow9ScopeInterface) return Clue::ScopeInterface;
    if (field.id == kNetflow9ScopeTemplate) return Clue::ScopeTemplate;
    return std::nullopt;
  }
  if (field.enterprise != 0) return std::nullopt;
  if (is_interface_element(field)) return Clue::ScopeInterface;
  if (field.id == kElementTemplateId) return Clue::ScopeTemplate;
  return usable_clue(field);
}

// Of a field that is no scope: Cisco's interface table has the system for its scope.
std::optional<Clue> options_clue(const FieldSpecifier& field) {
  if (!is_interface_element(field)) return usable_clue(field);
  return field.length != 0 && field.length <= 8 ? std::optional(Clue::TableInterface)
                                                : std::nullopt;
}

// Compiles one template; fields are added in the template's order.
class Compiler {
 public:
  Compiler(const wire::Template& described, Protocol protocol)
      : described_(described), protocol_(protocol) {
    best_rank_.fill(kNoRank);
    filled_by_.fill(nullptr);
    for (const FieldSpecifier& field : described.fields) {
      if (const auto element = usable_element(field)) {
        auto& best = best_rank_[static_cast<std::size_t>(element->column)];
        best = std::min(best, element->rank);
      }
    }
  }

  FieldPlan compile() {
    plan_.is_options = described_.is_options;
    std::size_t offset = 0;
    for (std::size_t i = 0; i < described_.fields.size(); ++i) {
      add_field(i, offset);
      offset += described_.fields[i].length;
    }
    plan_.smallest_octets = wire::smallest_record_octets(described_.fields);
    if (std::ranges::count(described_.fields, kVariableLength, &FieldSpecifier::length) == 0) {
      plan_.record_octets = offset;
    } else {
      std::ranges::transform(described_.fields, std::back_inserter(plan_.lengths),
                             &FieldSpecifier::length);
    }
    plan_.has_reverse = (plan_.clues & (bit(Clue::ReverseBytes) | bit(Clue::ReversePackets))) != 0;
    if (!plan_.is_options) plan_.finishes = finishes_for(plan_);
    if ((plan_.clues & (bit(Clue::ScopeInterface) | bit(Clue::TableInterface))) == 0) {
      plan_.interface_name.reset();
      plan_.interface_description.reset();
    }
    if ((plan_.clues & bit(Clue::ApplicationId)) == 0) plan_.application_name.reset();
    return std::move(plan_);
  }

 private:
  void add_field(std::size_t index, std::size_t offset) {
    const FieldSpecifier& field = described_.fields[index];
    FieldStep step{.field = static_cast<std::uint16_t>(index),
                   .offset = static_cast<std::uint16_t>(offset),
                   .length = field.length,
                   .clue = {},
                   .unless_zero = false,
                   .fill = nullptr};
    if (index < described_.scope_count) {
      add_clue(step, scope_clue(field, protocol_));
    } else if (const auto element = usable_element(field); element && !described_.is_options) {
      add_column(step, *element, field);
    } else if (described_.is_options) {
      add_clue(step, options_clue(field));
      add_text(step, field);
    } else {
      add_clue(step, usable_clue(field));
    }
  }

  void add_text(const FieldStep& step, const FieldSpecifier& field) {
    if (field.enterprise != 0) return;
    const TextPlace place{step.field, step.offset, step.length};
    if (field.id == kElementInterfaceName) plan_.interface_name = place;
    if (field.id == kElementInterfaceDescription) plan_.interface_description = place;
    if (field.id == kElementApplicationName) plan_.application_name = place;
  }

  void add_clue(FieldStep step, std::optional<Clue> clue) {
    if (!clue) return;
    step.clue = *clue;
    step.fill = clue_fill_of(step.length);
    plan_.clues |= bit(*clue);
    plan_.steps.push_back(step);
  }

  // An element that comes twice describes the packet from the outside in (RFC 7011 section 8): the
  // last one is the conversation that a tunnel carries.
  void add_column(FieldStep step, const Element& element, const FieldSpecifier& field) {
    const auto column = static_cast<std::size_t>(element.column);
    if (element.rank != best_rank_[column]) return;
    const bool is_address = flow::spec(element.column).type == flow::ColumnType::Address;
    step.unless_zero =
        filled_by_[column] != nullptr && (is_address || filled_by_[column]->id != field.id);
    step.fill = fill_of(element.column, field.length);
    filled_by_[column] = &field;
    plan_.columns |= flow::bit(element.column);
    plan_.steps.push_back(step);
  }

  const wire::Template& described_;
  Protocol protocol_;
  FieldPlan plan_;
  std::array<std::uint8_t, flow::kColumnCount> best_rank_;
  std::array<const FieldSpecifier*, flow::kColumnCount> filled_by_;
};

bool is_zero(wire::ByteView value) {
  return std::ranges::all_of(value, [](std::byte octet) { return octet == std::byte{0}; });
}

// Where a field lies: known when the template was compiled, or located in the record.
template <class ValueOf>
void run_steps(const FieldPlan& plan, Row& row, ValueOf value_of) {
  row.flow.present = plan.columns;
  for (const FieldStep& step : plan.steps) {
    const wire::ByteView value = value_of(step);
    if (step.unless_zero && is_zero(value)) continue;
    step.fill(step, value, row);
  }
  for (const Finish finish : plan.finishes) finish(row);
}

}  // namespace

FieldPlan compile(const wire::Template& described, Protocol protocol) {
  return Compiler(described, protocol).compile();
}

base::Expected<void, wire::Malformed> locate_fields(wire::ByteReader& records,
                                                    const FieldPlan& plan, FieldViews& fields) {
  fields.clear();
  for (const std::uint16_t fixed : plan.lengths) {
    const auto length = fixed == kVariableLength ? wire::take_variable_length(records)
                                                 : std::optional<std::size_t>(fixed);
    if (!length) return base::Unexpected(wire::Malformed::VariableLengthTruncated);
    const auto value = records.take(*length);
    if (!value) {
      return base::Unexpected(fixed == kVariableLength ? wire::Malformed::VariableLengthTruncated
                                                       : wire::Malformed::RecordTruncated);
    }
    fields.push_back(*value);
  }
  return {};
}

void fill_row(const FieldPlan& plan, wire::ByteView record, Row& row) {
  run_steps(plan, row,
            [&](const FieldStep& step) { return record.subspan(step.offset, step.length); });
}

void fill_row(const FieldPlan& plan, const FieldViews& fields, Row& row) {
  run_steps(plan, row, [&](const FieldStep& step) { return fields[step.field]; });
}

}  // namespace collect
