#pragma once

#include <span>
#include <string>
#include <vector>

#include "flow/minute_rows.h"
#include "store/embedded/row_source.h"
#include "store/store.h"

namespace store {

// Adds up rows of equal key (several workers make rows of the same minute), and sorts them by key,
// the host or interface first.
void merge_equal_keys(std::vector<flow::HostMinute>& rows);
void merge_equal_keys(std::vector<flow::InterfaceMinute>& rows);

// A rollup part's rows as they are written. The rows must outlive it.
template <class Row>
class MinuteSource final : public RowSource {
 public:
  explicit MinuteSource(std::span<const Row> rows);

  std::span<const Field> fields() const override;
  std::uint64_t rows() const override { return rows_.size(); }
  std::size_t pieces() const override { return (rows_.size() + piece_rows_ - 1) / piece_rows_; }
  std::size_t rows_of(std::size_t piece) const override;
  void fill(std::size_t piece, std::size_t field, duckdb_vector vector) const override;

 private:
  std::span<const Row> rows_;
  std::size_t piece_rows_;
};
extern template class MinuteSource<flow::HostMinute>;
extern template class MinuteSource<flow::InterfaceMinute>;

// What the manifest says of a part made of these rows.
Part describe(std::span<const flow::HostMinute> rows);
Part describe(std::span<const flow::InterfaceMinute> rows);

}  // namespace store
