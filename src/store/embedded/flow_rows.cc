#include "store/embedded/flow_rows.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "flow/name_pool.h"

namespace store {
namespace {

// Calls `with.operator()<T>()` with the type in which a batch holds the field.
template <class With>
void with_storage(const FlowField& field, With with) {
  switch (flow::spec(field.column).type) {
    case flow::ColumnType::Time:
    case flow::ColumnType::Counter:
      return with.template operator()<std::int64_t>();
    case flow::ColumnType::Address:
    case flow::ColumnType::Mac:
      return with.template operator()<std::uint64_t>();
    case flow::ColumnType::U8:
    case flow::ColumnType::Word:
      return with.template operator()<std::uint8_t>();
    case flow::ColumnType::U16:
      return with.template operator()<std::uint16_t>();
    case flow::ColumnType::U32:
    case flow::ColumnType::Name:
      return with.template operator()<std::uint32_t>();
    case flow::ColumnType::Flag:
      return with.template operator()<bool>();
  }
  CHECK(false);
}

template <class T>
std::span<const T> array_of(const flow::Batch& batch, const FlowField& field) {
  if constexpr (std::is_same_v<T, std::uint64_t>) {
    if (field.half == FlowField::Half::Low) return batch.lo(field.column);
  }
  return batch.values<T>(field.column);
}

bool is_name(const FlowField& field) {
  return flow::spec(field.column).type == flow::ColumnType::Name;
}

// Ids of names become the texts themselves, which live as long as the process.
template <class IdOf>
void put_names(duckdb_vector vector, std::size_t rows, IdOf id_of) {
  auto* texts = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector));
  for (std::size_t row = 0; row < rows; ++row) {
    texts[row] = borrowed_text(flow::NamePool::instance().text_of(id_of(row)));
  }
}

std::vector<RowSource::Field> described(std::span<const FlowField> fields) {
  std::vector<RowSource::Field> described;
  for (const auto& field : fields) {
    described.push_back({name_of(field), type_of(flow::spec(field.column).type)});
  }
  return described;
}

// Calls `take(i, order[i])` for each row. What it will read of a row some way ahead is asked for
// before, at `place_of(ref)`: rows in order lie anywhere in memory, and waiting for them was a
// quarter of all that collecting costs.
template <class PlaceOf, class Take>
void for_each_row(std::span<const RowRef> order, PlaceOf place_of, Take take) {
  constexpr std::size_t kAhead = 24;
  const std::size_t safe = order.size() - std::min(order.size(), kAhead);
  for (std::size_t i = 0; i < safe; ++i) {
    __builtin_prefetch(place_of(order[i + kAhead]));
    take(i, order[i]);
  }
  for (std::size_t i = safe; i < order.size(); ++i) take(i, order[i]);
}

struct HotFields {
  std::vector<FlowField> columns = fields_of(~flow::ColumnMask{0});
  std::vector<RowSource::Field> all = described(columns);
  HotFields() {
    all.push_back({HotRows::kStart, DUCKDB_TYPE_BIGINT});
    all.push_back({HotRows::kEnd, DUCKDB_TYPE_BIGINT});
  }
};

const HotFields& hot_fields() {
  static const HotFields fields;
  return fields;
}

}  // namespace

BatchTimes::BatchTimes(const flow::Batch& batch) : batch_(batch) {}

flow::Times BatchTimes::at(std::size_t row) {
  using flow::Column;
  flow_.present = batch_.presence()[row];
  if (flow_.has(Column::start)) flow_.start = batch_.values<base::UnixMs>(Column::start)[row];
  if (flow_.has(Column::end)) flow_.end = batch_.values<base::UnixMs>(Column::end)[row];
  if (flow_.has(Column::export_time)) {
    flow_.export_time = batch_.values<base::UnixMs>(Column::export_time)[row];
  }
  flow_.received =
      flow_.has(Column::received) ? batch_.values<base::UnixMs>(Column::received)[row] : 0;
  return flow::effective_times(flow_);
}

HotRows::HotRows(std::span<const BatchPtr> batches, base::UnixMs from, base::UnixMs to) {
  const std::size_t piece_rows = duckdb_vector_size();
  for (const auto& batch : batches) {
    if (batch->max_end < from || batch->min_start >= to) continue;
    batches_.push_back(batch);
    rows_ += batch->rows();
    for (std::size_t first = 0; first < batch->rows(); first += piece_rows) {
      pieces_.push_back({batch.get(), first, std::min(piece_rows, batch->rows() - first)});
    }
  }
}

std::span<const RowSource::Field> HotRows::fields() const {
  return hot_fields().all;
}

void HotRows::fill(std::size_t index, std::size_t field_index, duckdb_vector vector) const {
  const Piece& piece = pieces_[index];
  const auto& columns = hot_fields().columns;
  if (field_index >= columns.size()) {
    return fill_times(piece, field_index == columns.size() + 1, vector);
  }
  const FlowField field = columns[field_index];
  const flow::ColumnMask bit = flow::bit(field.column);
  const auto presence = piece.batch->presence().subspan(piece.first, piece.rows);
  if ((piece.batch->filled_in_every_row() & bit) == 0) {
    set_validity(vector, piece.rows, [&](std::size_t row) { return (presence[row] & bit) != 0; });
  }
  if ((piece.batch->filled() & bit) == 0) return;
  if (is_name(field)) {
    const auto ids = array_of<std::uint32_t>(*piece.batch, field).subspan(piece.first, piece.rows);
    return put_names(vector, piece.rows,
                     [&](std::size_t row) { return (presence[row] & bit) != 0 ? ids[row] : 0; });
  }
  void* out = duckdb_vector_get_data(vector);
  with_storage(field, [&]<class T>() {
    const auto values = array_of<T>(*piece.batch, field).subspan(piece.first, piece.rows);
    std::memcpy(out, values.data(), values.size_bytes());
  });
}

void HotRows::fill_times(const Piece& piece, bool end, duckdb_vector vector) {
  auto* out = static_cast<std::int64_t*>(duckdb_vector_get_data(vector));
  BatchTimes times(*piece.batch);
  for (std::size_t row = 0; row < piece.rows; ++row) {
    const auto [from, to, clamped] = times.at(piece.first + row);
    out[row] = end ? to : from;
  }
}

OrderedRows::OrderedRows(std::span<const BatchPtr> batches, std::span<const RowRef> order,
                         flow::ColumnMask columns)
    : order_(order),
      fields_(fields_of(columns)),
      names_(described(fields_)),
      always_(~flow::ColumnMask{0}),
      piece_rows_(duckdb_vector_size()) {
  CHECK(batches.size() <= kBatchesPerPartMax);
  std::size_t rows_max = 0;
  std::vector<const flow::ColumnMask*> presence;
  for (const auto& batch : batches) {
    rows_max = std::max(rows_max, batch->rows());
    presence.push_back(batch->presence().data());
    always_ &= batch->filled_in_every_row();
  }
  CHECK(rows_max <= kRowsPerBatchMax);
  if ((columns & ~always_) != 0) {
    presence_.resize(order.size());
    for_each_row(
        order, [&](RowRef ref) { return presence[ref.batch] + ref.row; },
        [&](std::size_t i, RowRef ref) { presence_[i] = presence[ref.batch][ref.row]; });
  }
  zeros_.resize(rows_max);
  for (const auto& field : fields_) {
    auto& arrays = arrays_.emplace_back();
    for (const auto& batch : batches) {
      with_storage(field, [&]<class T>() {
        const bool filled = (batch->filled() & flow::bit(field.column)) != 0;
        arrays.push_back(filled ? static_cast<const void*>(array_of<T>(*batch, field).data())
                                : zeros_.data());
      });
    }
  }
}

std::size_t OrderedRows::rows_of(std::size_t piece) const {
  return std::min(piece_rows_, order_.size() - piece * piece_rows_);
}

void OrderedRows::fill(std::size_t piece, std::size_t index, duckdb_vector vector) const {
  const auto order = order_.subspan(piece * piece_rows_, rows_of(piece));
  const FlowField field = fields_[index];
  const flow::ColumnMask bit = flow::bit(field.column);
  const bool always = (always_ & bit) != 0;
  const auto present = [&](std::size_t row) {
    return always || (presence_[piece * piece_rows_ + row] & bit) != 0;
  };
  if (!always) set_validity(vector, order.size(), present);
  const auto& arrays = arrays_[index];
  if (is_name(field)) {
    return put_names(vector, order.size(), [&](std::size_t row) {
      const RowRef ref = order[row];
      return present(row) ? static_cast<const std::uint32_t*>(arrays[ref.batch])[ref.row] : 0;
    });
  }
  void* out = duckdb_vector_get_data(vector);
  with_storage(field, [&]<class T>() {
    auto* values = static_cast<T*>(out);
    const auto place_of = [&](RowRef ref) {
      return static_cast<const T*>(arrays[ref.batch]) + ref.row;
    };
    for_each_row(order, place_of,
                 [&](std::size_t row, RowRef ref) { values[row] = *place_of(ref); });
  });
}

}  // namespace store
