#pragma once

#include <memory>
#include <span>
#include <vector>

#include "flow/batch.h"
#include "flow/volume.h"
#include "store/embedded/flow_fields.h"
#include "store/embedded/row_source.h"

namespace store {

using BatchPtr = std::shared_ptr<const flow::Batch>;

// Where a row stands among several batches.
struct RowRef {
  std::uint16_t batch;
  std::uint16_t row;
};
constexpr std::size_t kRowsPerBatchMax = 65'536;
constexpr std::size_t kBatchesPerPartMax = 65'536;

// Effective times (flow/volume.h) of a batch's rows.
class BatchTimes {
 public:
  explicit BatchTimes(const flow::Batch& batch);
  flow::Times at(std::size_t row);

 private:
  const flow::Batch& batch_;
  flow::FlowRecord flow_;  // only the columns that count are set, so that it stays cheap
};

// Hot rows as a query reads them: every column of flow/columns.h, NULL where it is absent, and the
// effective times as milliseconds in two further fields.
class HotRows final : public RowSource {
 public:
  static constexpr const char* kStart = "effective_start";
  static constexpr const char* kEnd = "effective_end";

  // Of batches that may hold rows with end ≥ from and start < to.
  HotRows(std::span<const BatchPtr> batches, base::UnixMs from, base::UnixMs to);

  const std::vector<BatchPtr>& batches() const { return batches_; }

  std::span<const Field> fields() const override;
  std::uint64_t rows() const override { return rows_; }
  unsigned threads() const override { return 2; }
  std::size_t pieces() const override { return pieces_.size(); }
  std::size_t rows_of(std::size_t piece) const override { return pieces_[piece].rows; }
  void fill(std::size_t piece, std::size_t field, duckdb_vector vector) const override;

 private:
  struct Piece {
    const flow::Batch* batch;
    std::size_t first;
    std::size_t rows;
  };
  static void fill_times(const Piece& piece, bool end, duckdb_vector vector);

  std::vector<BatchPtr> batches_;
  std::vector<Piece> pieces_;
  std::uint64_t rows_ = 0;
};

// Rows of several batches in a given order, as they are written into a part: only `columns`.
class OrderedRows final : public RowSource {
 public:
  OrderedRows(std::span<const BatchPtr> batches, std::span<const RowRef> order,
              flow::ColumnMask columns);

  std::span<const Field> fields() const override { return names_; }
  std::uint64_t rows() const override { return order_.size(); }
  std::size_t pieces() const override { return (order_.size() + piece_rows_ - 1) / piece_rows_; }
  std::size_t rows_of(std::size_t piece) const override;
  void fill(std::size_t piece, std::size_t field, duckdb_vector vector) const override;

 private:
  std::span<const RowRef> order_;
  std::vector<FlowField> fields_;
  std::vector<Field> names_;
  std::vector<std::vector<const void*>> arrays_;  // by field, then by batch
  std::vector<flow::ColumnMask> presence_;        // in order; empty: no column lacks in any row
  std::vector<std::uint64_t> zeros_;  // stands in for the array of a batch without the column
  flow::ColumnMask always_;           // columns that every row has
  std::size_t piece_rows_;
};

}  // namespace store
