#include "store/embedded/minute_source.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "base/check.h"
#include "flow/name_pool.h"

namespace store {
namespace {

auto key_of(const flow::HostMinute& row) {
  return std::tuple(row.cut_keys != 0, row.host, row.minute, row.way, row.peer_is_local, row.app);
}
auto key_of(const flow::InterfaceMinute& row) {
  return std::tuple(row.cut_keys != 0, row.exporter, row.interface, row.minute, row.way, row.app);
}

// The key of a rest row is its minute alone.
void clear_key(flow::HostMinute& row) {
  row.host = {};
  row.peer_is_local = false;
  row.way = flow::Way::In;
  row.app = 0;
}
void clear_key(flow::InterfaceMinute& row) {
  row.exporter = {};
  row.interface = 0;
  row.way = flow::Way::In;
  row.app = 0;
}

// All volumes are 0 or above, so a sum held at the largest number stays the right bound.
void add(std::int64_t& sum, std::int64_t value) {
  if (__builtin_add_overflow(sum, value, &sum)) sum = std::numeric_limits<std::int64_t>::max();
}

void add(flow::Volume& sum, const flow::Volume& volume) {
  add(sum.bytes, volume.bytes);
  add(sum.packets, volume.packets);
  add(sum.flows, volume.flows);
  add(sum.raw_bytes, volume.raw_bytes);
  add(sum.raw_packets, volume.raw_packets);
  add(sum.raw_flows, volume.raw_flows);
}

template <class Row>
void merge_rows(std::vector<Row>& rows) {
  for (Row& row : rows) {
    if (row.cut_keys != 0) clear_key(row);
  }
  std::ranges::sort(rows, {}, [](const Row& row) { return key_of(row); });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (kept > 0 && key_of(rows[kept - 1]) == key_of(rows[i])) {
      add(rows[kept - 1].volume, rows[i].volume);
      rows[kept - 1].cut_keys += rows[i].cut_keys;
    } else {
      rows[kept++] = rows[i];
    }
  }
  rows.resize(kept);
}

template <class T, class Row, class Value>
void fill_with(std::span<const Row> rows, duckdb_vector vector, Value value) {
  auto* out = static_cast<T*>(duckdb_vector_get_data(vector));
  for (const Row& row : rows) *out++ = value(row);
}

// A field of the part and how a row fills it.
template <class Row>
struct Filled {
  const char* name;
  duckdb_type type;
  void (*fill)(std::span<const Row>, duckdb_vector);
};

// NOLINTNEXTLINE(cppcoreguidelines-macro-usage): a name, a type and an expression in one line each
#define FIELD(name, type, T, expression)                                       \
  Filled<Row> {                                                                \
    name, type, [](std::span<const Row> rows, duckdb_vector vector) {          \
      fill_with<T>(rows, vector, [](const Row& row) { return (expression); }); \
    }                                                                          \
  }
#define VOLUME(member) FIELD(#member, DUCKDB_TYPE_BIGINT, std::int64_t, row.volume.member)

template <class Row>
constexpr auto common_fields() {
  return std::to_array<Filled<Row>>({
      FIELD("minute", DUCKDB_TYPE_TIMESTAMP_MS, std::int64_t, row.minute),
      FIELD("way", DUCKDB_TYPE_UTINYINT, std::uint8_t, static_cast<std::uint8_t>(row.way)),
      FIELD("app", DUCKDB_TYPE_VARCHAR, duckdb_string_t,
            borrowed_text(flow::NamePool::instance().text_of(row.app))),
      VOLUME(bytes),
      VOLUME(packets),
      VOLUME(flows),
      VOLUME(raw_bytes),
      VOLUME(raw_packets),
      VOLUME(raw_flows),
      FIELD("cut_keys", DUCKDB_TYPE_UINTEGER, std::uint32_t, row.cut_keys),
  });
}

auto key_fields(const flow::HostMinute*) {
  using Row = flow::HostMinute;
  return std::to_array<Filled<Row>>({
      FIELD("host_hi", DUCKDB_TYPE_UBIGINT, std::uint64_t, row.host.hi),
      FIELD("host_lo", DUCKDB_TYPE_UBIGINT, std::uint64_t, row.host.lo),
      FIELD("peer_is_local", DUCKDB_TYPE_BOOLEAN, bool, row.peer_is_local),
  });
}

auto key_fields(const flow::InterfaceMinute*) {
  using Row = flow::InterfaceMinute;
  return std::to_array<Filled<Row>>({
      FIELD("exporter_hi", DUCKDB_TYPE_UBIGINT, std::uint64_t, row.exporter.hi),
      FIELD("exporter_lo", DUCKDB_TYPE_UBIGINT, std::uint64_t, row.exporter.lo),
      FIELD("interface", DUCKDB_TYPE_UINTEGER, std::uint32_t, row.interface),
  });
}
#undef VOLUME
#undef FIELD

template <class Row>
const std::vector<Filled<Row>>& filled_fields() {
  static const auto fields = [] {
    std::vector<Filled<Row>> all;
    for (const auto& field : key_fields(static_cast<const Row*>(nullptr))) all.push_back(field);
    for (const auto& field : common_fields<Row>()) all.push_back(field);
    return all;
  }();
  return fields;
}

template <class Row>
Part describe_rows(std::span<const Row> rows, const char* kind) {
  CHECK(!rows.empty());
  Part part;
  part.kind = kind;
  part.rows = rows.size();
  part.min_start = std::numeric_limits<base::UnixMs>::max();
  part.max_end = std::numeric_limits<base::UnixMs>::min();
  for (const Row& row : rows) {
    part.min_start = std::min(part.min_start, row.minute);
    part.max_end = std::max(part.max_end, row.minute + base::kMsPerMinute - 1);
    part.cut_rows += row.cut_keys != 0 ? 1 : 0;
  }
  return part;
}

}  // namespace

void merge_equal_keys(std::vector<flow::HostMinute>& rows) {
  merge_rows(rows);
}
void merge_equal_keys(std::vector<flow::InterfaceMinute>& rows) {
  merge_rows(rows);
}

template <class Row>
MinuteSource<Row>::MinuteSource(std::span<const Row> rows)
    : rows_(rows), piece_rows_(duckdb_vector_size()) {}

template <class Row>
std::span<const RowSource::Field> MinuteSource<Row>::fields() const {
  static const auto fields = [] {
    std::vector<Field> all;
    for (const auto& field : filled_fields<Row>()) all.push_back({field.name, field.type});
    return all;
  }();
  return fields;
}

template <class Row>
std::size_t MinuteSource<Row>::rows_of(std::size_t piece) const {
  return std::min(piece_rows_, rows_.size() - piece * piece_rows_);
}

template <class Row>
void MinuteSource<Row>::fill(std::size_t piece, std::size_t field, duckdb_vector vector) const {
  filled_fields<Row>()[field].fill(rows_.subspan(piece * piece_rows_, rows_of(piece)), vector);
}

template class MinuteSource<flow::HostMinute>;
template class MinuteSource<flow::InterfaceMinute>;

Part describe(std::span<const flow::HostMinute> rows) {
  return describe_rows(rows, "hosts");
}
Part describe(std::span<const flow::InterfaceMinute> rows) {
  return describe_rows(rows, "interfaces");
}

}  // namespace store
