#include "store/embedded/row_source.h"

#include <atomic>
#include <cstring>

namespace store {
namespace {

struct Bound {
  std::shared_ptr<const RowSource> source;
};

struct Scan {
  std::shared_ptr<const RowSource> source;
  std::vector<std::size_t> fields;  // those that the statement asks for, in its order
  std::atomic<std::size_t> next_piece{0};
};

template <class T>
void delete_as(void* object) {
  delete static_cast<T*>(object);
}

void bind(duckdb_bind_info info) {
  const auto& sources = *static_cast<const RowSources*>(duckdb_bind_get_extra_info(info));
  duckdb_value parameter = duckdb_bind_get_parameter(info, 0);
  auto source = sources.find(duckdb_get_uint64(parameter));
  duckdb_destroy_value(&parameter);
  if (source == nullptr) {
    duckdb_bind_set_error(info, "rows(): no rows of this number");
    return;
  }
  for (const auto& field : source->fields()) {
    duckdb_logical_type type = duckdb_create_logical_type(field.type);
    duckdb_bind_add_result_column(info, field.name.c_str(), type);
    duckdb_destroy_logical_type(&type);
  }
  duckdb_bind_set_cardinality(info, source->rows(), true);
  duckdb_bind_set_bind_data(info, new Bound{std::move(source)}, delete_as<Bound>);
}

void init(duckdb_init_info info) {
  const auto& bound = *static_cast<const Bound*>(duckdb_init_get_bind_data(info));
  auto scan = std::make_unique<Scan>();
  scan->source = bound.source;
  for (idx_t i = 0; i < duckdb_init_get_column_count(info); ++i) {
    scan->fields.push_back(duckdb_init_get_column_index(info, i));
  }
  duckdb_init_set_max_threads(info, scan->source->threads());
  duckdb_init_set_init_data(info, scan.release(), delete_as<Scan>);
}

void produce(duckdb_function_info info, duckdb_data_chunk output) {
  auto& scan = *static_cast<Scan*>(duckdb_function_get_init_data(info));
  const std::size_t piece = scan.next_piece.fetch_add(1, std::memory_order_relaxed);
  if (piece >= scan.source->pieces()) {
    duckdb_data_chunk_set_size(output, 0);
    return;
  }
  if (!scan.source->goes_on()) {
    duckdb_function_set_error(info, "rows(): broken off");
    return;
  }
  const std::size_t known = scan.source->fields().size();
  for (std::size_t i = 0; i < scan.fields.size(); ++i) {
    // COUNT(*) asks for a row number, which nobody reads.
    if (scan.fields[i] >= known) continue;
    scan.source->fill(piece, scan.fields[i], duckdb_data_chunk_get_vector(output, i));
  }
  duckdb_data_chunk_set_size(output, scan.source->rows_of(piece));
}

}  // namespace

base::Expected<void, base::IoError> RowSources::register_function(
    const duck::Connection& connection) {
  duckdb_table_function function = duckdb_create_table_function();
  duckdb_table_function_set_name(function, "rows");
  duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_UBIGINT);
  duckdb_table_function_add_parameter(function, number);
  duckdb_destroy_logical_type(&number);
  duckdb_table_function_set_extra_info(function, this, nullptr);
  duckdb_table_function_set_bind(function, bind);
  duckdb_table_function_set_init(function, init);
  duckdb_table_function_set_function(function, produce);
  duckdb_table_function_supports_projection_pushdown(function, true);
  const auto done = duckdb_register_table_function(connection.get(), function);
  duckdb_destroy_table_function(&function);
  if (done != DuckDBSuccess) {
    return base::Unexpected(base::IoError{"register rows()", "DuckDB", 0, ""});
  }
  return {};
}

std::uint64_t RowSources::add(std::shared_ptr<const RowSource> source) {
  const std::lock_guard lock(mutex_);
  sources_.emplace(next_, std::move(source));
  return next_++;
}

void RowSources::remove(std::uint64_t number) {
  std::shared_ptr<const RowSource> last;  // released after the lock
  const std::lock_guard lock(mutex_);
  const auto found = sources_.find(number);
  if (found == sources_.end()) return;
  last = std::move(found->second);
  sources_.erase(found);
}

std::shared_ptr<const RowSource> RowSources::find(std::uint64_t number) const {
  const std::lock_guard lock(mutex_);
  const auto found = sources_.find(number);
  return found == sources_.end() ? nullptr : found->second;
}

duckdb_string_t borrowed_text(std::string_view text) {
  duckdb_string_t value{};
  if (text.size() <= sizeof value.value.inlined.inlined) {
    value.value.inlined.length = static_cast<std::uint32_t>(text.size());
    std::memcpy(value.value.inlined.inlined, text.data(), text.size());
    return value;
  }
  value.value.pointer.length = static_cast<std::uint32_t>(text.size());
  std::memcpy(value.value.pointer.prefix, text.data(), sizeof value.value.pointer.prefix);
  // DuckDB only reads it.
  value.value.pointer.ptr = const_cast<char*>(text.data());
  return value;
}

}  // namespace store
