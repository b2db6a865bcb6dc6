#include "collect/decode/fill.h"

#include <array>
#include <limits>
#include <type_traits>
#include <utility>

namespace collect {
namespace {

using flow::Address;
using flow::ColumnType;
using flow::FlowRecord;

constexpr std::uint64_t largest_of(std::size_t octets) {
  return std::numeric_limits<std::uint64_t>::max() >> (64 - 8 * octets);
}

// What the column cannot hold was not said. A template may give the column more than once: the last
// one counts.
template <auto Field, flow::Column Column, std::uint64_t Max, std::size_t Octets>
void fill_integer(const FieldStep&, wire::ByteView value, Row& row) {
  using Value = std::remove_reference_t<decltype(row.flow.*Field)>;
  const std::uint64_t loaded = wire::load_be_any<Octets>(value.first<Octets>());
  if constexpr (largest_of(Octets) > Max) {
    if (loaded > Max) {
      row.flow.present &= ~flow::bit(Column);
      return;
    }
    row.flow.present |= flow::bit(Column);
  }
  row.flow.*Field = static_cast<Value>(loaded);
}

template <auto Field, std::size_t Octets>
void fill_address(const FieldStep&, wire::ByteView value, Row& row) {
  if constexpr (Octets == 4) {
    row.flow.*Field = Address::v4(wire::load_be<std::uint32_t, 0>(value.first<4>()));
  } else {
    const auto octets = value.first<16>();
    row.flow.*
        Field = {wire::load_be<std::uint64_t, 0>(octets), wire::load_be<std::uint64_t, 8>(octets)};
  }
}

template <std::size_t Octets>
void fill_clue(const FieldStep& step, wire::ByteView value, Row& row) {
  row.clues.values[static_cast<std::size_t>(step.clue)] =
      wire::load_be_any<Octets>(value.first<Octets>());
}

template <auto Field, flow::Column Column>
constexpr std::uint64_t largest_value() {
  using Value = std::remove_cvref_t<decltype(std::declval<FlowRecord>().*Field)>;
  if constexpr (flow::spec(Column).type == ColumnType::Time) return std::uint64_t{kTimeMaxMs};
  return static_cast<std::uint64_t>(std::numeric_limits<Value>::max());
}

// The fills of one column by octets: [0] is 1 octet, [15] is 16.
using FillsByOctets = std::array<Fill, 16>;

template <auto Field, flow::Column Column>
constexpr FillsByOctets fills_of() {
  FillsByOctets fills{};
  if constexpr (flow::spec(Column).type == ColumnType::Address) {
    fills[3] = fill_address<Field, 4>;
    fills[15] = fill_address<Field, 16>;
  } else {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((fills[I] = fill_integer<Field, Column, largest_value<Field, Column>(), I + 1>), ...);
    }
    (std::make_index_sequence<8>());
  }
  return fills;
}

constexpr auto kFills = std::to_array<FillsByOctets>({
#define X(name, type, dimension, meaning) fills_of<&FlowRecord::name, flow::Column::name>(),
    WEIR_FLOW_COLUMNS(X)
#undef X
});

constexpr std::array<Fill, 8> kClueFills{fill_clue<1>, fill_clue<2>, fill_clue<3>, fill_clue<4>,
                                         fill_clue<5>, fill_clue<6>, fill_clue<7>, fill_clue<8>};

}  // namespace

Fill fill_of(flow::Column column, std::size_t octets) {
  if (octets == 0 || octets > 16) return nullptr;
  return kFills[static_cast<std::size_t>(column)][octets - 1];
}

Fill clue_fill_of(std::size_t octets) {
  if (octets == 0 || octets > kClueFills.size()) return nullptr;
  return kClueFills[octets - 1];
}

}  // namespace collect
