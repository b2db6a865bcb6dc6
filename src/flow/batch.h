#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "flow/record.h"

namespace flow {

// Rows of flows as columns. Filled by one thread, then moved, then only read (as
// shared_ptr<const>). A column nobody filled is not allocated. An Address column is two arrays, hi
// and lo.
class Batch {
 public:
  // The unit in which workers hand rows over; about 3.5 MB of an IPv4 exporter's usual columns.
  static constexpr std::size_t kRows = 32'768;

  explicit Batch(std::size_t capacity_rows = kRows) : capacity_rows_(capacity_rows) {}

  std::size_t rows() const { return rows_; }
  std::size_t room() const { return capacity_rows_ - rows_; }
  std::size_t capacity_rows() const { return capacity_rows_; }
  // Octets of memory held.
  std::size_t octets() const;

  // Appends; `records.size()` must not be above room().
  void append(std::span<const FlowRecord> records);
  // The same for all rows of another batch; its segment must be this one's.
  void append(const Batch& other);

  // Columns that at least one row, and that every row, has.
  ColumnMask filled() const { return filled_; }
  ColumnMask filled_in_every_row() const { return rows_ == 0 ? 0 : always_; }

  // One mask per row.
  std::span<const ColumnMask> presence() const { return {presence_.get(), rows_}; }

  // The values of a filled column; a row's value means something only where its presence has the
  // bit. T is the column's storage type: for an Address see hi() and lo().
  template <class T>
  std::span<const T> values(Column column) const {
    // The arrays are allocated as T by allocate(), through the same spec.
    return {static_cast<const T*>(data_[static_cast<std::size_t>(column)].get()), rows_};
  }
  std::span<const std::uint64_t> hi(Column column) const { return values<std::uint64_t>(column); }
  std::span<const std::uint64_t> lo(Column column) const {
    return {static_cast<const std::uint64_t*>(low_[static_cast<std::size_t>(column)].get()), rows_};
  }

  // Row `row` as a record again. For tests, replay tools and raw listings, not for hot paths.
  FlowRecord record(std::size_t row) const;

  // Smallest and largest finding times of the rows (see effective_times in flow/volume.h).
  // Invariant: for every row, min_start ≤ its start and end ≤ max_end. Meaningless when rows() ==
  // 0.
  base::UnixMs min_start = 0;
  base::UnixMs max_end = 0;
  // The journal segment whose datagrams these rows came from.
  std::uint64_t segment = 0;

 private:
  struct FreeArray {
    void operator()(void* array) const;
  };
  using Array = std::unique_ptr<void, FreeArray>;

  void allocate(ColumnMask columns);
  template <class T>
  T* array(Column column) {
    return static_cast<T*>(data_[static_cast<std::size_t>(column)].get());
  }
  std::uint64_t* low_array(Column column) {
    return static_cast<std::uint64_t*>(low_[static_cast<std::size_t>(column)].get());
  }

  std::size_t capacity_rows_;
  std::size_t rows_ = 0;
  ColumnMask filled_ = 0;
  ColumnMask always_ = ~ColumnMask{0};
  std::unique_ptr<ColumnMask[]> presence_;
  std::array<Array, kColumnCount> data_;
  std::array<Array, kColumnCount> low_;  // an Address column's low halves
};

}  // namespace flow
