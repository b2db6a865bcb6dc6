#include "flow/batch.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

#include "base/check.h"
#include "flow/volume.h"

namespace flow {
namespace {

std::size_t octets_per_value(ColumnType type) {
  switch (type) {
    case ColumnType::U8:
    case ColumnType::Word:
      return sizeof(std::uint8_t);
    case ColumnType::Flag:
      return sizeof(bool);
    case ColumnType::U16:
      return sizeof(std::uint16_t);
    case ColumnType::U32:
      return sizeof(std::uint32_t);
    case ColumnType::Name:
      return sizeof(std::uint32_t);
    case ColumnType::Time:
      return sizeof(base::UnixMs);
    case ColumnType::Counter:
      return sizeof(std::int64_t);
    case ColumnType::Mac:
      return sizeof(std::uint64_t);
    case ColumnType::Address:
      return sizeof(std::uint64_t);  // each half
  }
  CHECK(false);
}

void* zeroed_array(std::size_t count, std::size_t octets_each) {
  void* array = std::calloc(count, octets_each);
  CHECK(array != nullptr);  // out of memory aborts
  return array;
}

// A second wall: every writer keeps times storable, and one row that is not would make its whole
// part unreadable.
ColumnMask storable_of(const FlowRecord& flow) {
  ColumnMask present = flow.present;
  if (!is_storable(flow.start)) present &= ~bit(Column::start);
  if (!is_storable(flow.end)) present &= ~bit(Column::end);
  if (!is_storable(flow.export_time)) present &= ~bit(Column::export_time);
  return present;
}

Times times_of(const FlowRecord& flow, ColumnMask present) {
  if (present == flow.present) return effective_times(flow);
  FlowRecord kept = flow;
  kept.present = present;
  return effective_times(kept);
}

}  // namespace

void Batch::FreeArray::operator()(void* array) const {
  std::free(array);
}

std::size_t Batch::octets() const {
  if (!presence_) return 0;
  std::size_t per_row = sizeof(ColumnMask);
  for (const auto& column : kColumns) {
    const auto index = static_cast<std::size_t>(column.column);
    const std::size_t halves = (data_[index] ? 1 : 0) + (low_[index] ? 1 : 0);
    per_row += halves * octets_per_value(column.type);
  }
  return per_row * capacity_rows_;
}

void Batch::allocate(ColumnMask columns) {
  if (!presence_) presence_ = std::make_unique<ColumnMask[]>(capacity_rows_);
  for (ColumnMask rest = columns & ~filled_; rest != 0; rest &= rest - 1) {
    const auto index = static_cast<std::size_t>(std::countr_zero(rest));
    const ColumnType type = kColumns[index].type;
    data_[index].reset(zeroed_array(capacity_rows_, octets_per_value(type)));
    if (type == ColumnType::Address) {
      low_[index].reset(zeroed_array(capacity_rows_, sizeof(std::uint64_t)));
    }
  }
  filled_ |= columns;
}

void Batch::append(std::span<const FlowRecord> records) {
  CHECK(records.size() <= room());
  if (records.empty()) return;
  ColumnMask some = 0;
  for (const FlowRecord& flow : records) some |= flow.present;
  allocate(some);

  if (rows_ == 0) {
    min_start = std::numeric_limits<base::UnixMs>::max();
    max_end = std::numeric_limits<base::UnixMs>::min();
  }
  ColumnMask* presence = presence_.get() + rows_;
  for (const FlowRecord& flow : records) {
    const ColumnMask present = storable_of(flow);
    *presence++ = present;
    always_ &= present;
    const Times times = times_of(flow, present);
    min_start = std::min(min_start, times.start);
    max_end = std::max(max_end, times.end);
  }

  // Column by column: each loop writes one array. Values of absent fields are written too (they
  // are whatever the record held) and never read, for their presence bit is clear.
  const auto copy = [&]<class T>(Column column, T FlowRecord::*field) {
    if ((some & bit(column)) == 0) return;
    if constexpr (std::is_same_v<T, Address>) {
      std::uint64_t* high = array<std::uint64_t>(column) + rows_;
      std::uint64_t* low = low_array(column) + rows_;
      for (const FlowRecord& flow : records) {
        *high++ = (flow.*field).hi;
        *low++ = (flow.*field).lo;
      }
    } else {
      T* values = array<T>(column) + rows_;
      for (const FlowRecord& flow : records) *values++ = flow.*field;
    }
  };
#define X(name, type, dimension, meaning) copy(Column::name, &FlowRecord::name);
  WEIR_FLOW_COLUMNS(X)
#undef X
  rows_ += records.size();
}

void Batch::append(const Batch& other) {
  CHECK(other.rows_ <= room());
  CHECK(other.segment == segment);
  if (other.rows_ == 0) return;
  allocate(other.filled_);
  const auto copy = [&](const Array& from, Array& to, std::size_t octets_each) {
    if (!from) return;
    std::memcpy(static_cast<std::byte*>(to.get()) + rows_ * octets_each, from.get(),
                other.rows_ * octets_each);
  };
  for (std::size_t column = 0; column < kColumnCount; ++column) {
    const std::size_t octets_each = octets_per_value(kColumns[column].type);
    copy(other.data_[column], data_[column], octets_each);
    copy(other.low_[column], low_[column], octets_each);
  }
  std::copy_n(other.presence_.get(), other.rows_, presence_.get() + rows_);
  always_ &= other.always_;
  min_start = rows_ == 0 ? other.min_start : std::min(min_start, other.min_start);
  max_end = rows_ == 0 ? other.max_end : std::max(max_end, other.max_end);
  rows_ += other.rows_;
}

FlowRecord Batch::record(std::size_t row) const {
  CHECK(row < rows_);
  FlowRecord flow;
  flow.present = presence_[row];
  const auto copy = [&]<class T>(Column column, T FlowRecord::*field) {
    if (!flow.has(column)) return;
    if constexpr (std::is_same_v<T, Address>) {
      flow.*field = {hi(column)[row], lo(column)[row]};
    } else {
      flow.*field = values<T>(column)[row];
    }
  };
#define X(name, type, dimension, meaning) copy(Column::name, &FlowRecord::name);
  WEIR_FLOW_COLUMNS(X)
#undef X
  return flow;
}

}  // namespace flow
