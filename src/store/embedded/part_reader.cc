#include "store/embedded/part_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "flow/name_pool.h"
#include "store/embedded/minute_source.h"

namespace store {
namespace {

using flow::ColumnType;
using flow::FlowRecord;

base::UnixMs ms_of(std::int64_t micros) {
  return base::floor_to(micros, 1'000) / 1'000;
}

// Names back to their numbers. The pool holds few and each is asked for once.
class Names {
 public:
  std::uint32_t id_of(std::string_view text) {
    const auto known = ids_.find(text);
    if (known != ids_.end()) return known->second;
    auto& pool = flow::NamePool::instance();
    const std::uint32_t id = pool.id_of(flow::NameKind::Heard, text);
    if (pool.text_of(id) != text) {
      is_lost_ = true;
      return id;
    }
    ids_.emplace(pool.text_of(id), id);
    return id;
  }
  // Whether the pool had no room for one of them.
  bool is_lost() const { return is_lost_; }

 private:
  std::map<std::string_view, std::uint32_t> ids_;
  bool is_lost_ = false;
};

// Runs SELECT `fields` over the file and gives each chunk to `take`.
template <class Take>
base::Expected<void, duck::Error> each_chunk(const PartFile& file,
                                             const std::vector<std::string>& fields,
                                             duck::Connection& connection,
                                             const Store::Meanwhile& meanwhile, Take take) {
  duck::Sql sql;
  sql += fmt::format("SELECT {} FROM read_parquet(", fmt::join(fields, ", ")) +
         sql.parameter(file.file().string()) + ")";
  auto rows = connection.run(sql);
  if (!rows) return base::Unexpected(std::move(rows.error()));
  std::uint64_t came = 0;
  for (;;) {
    auto chunk = rows->next();
    if (!chunk) return base::Unexpected(std::move(chunk.error()));
    if (!*chunk) break;
    came += (*chunk)->rows();
    take(**chunk);
    if (meanwhile()) continue;
    return base::Unexpected(duck::Error{duck::Error::Kind::Interrupted, "broken off"});
  }
  if (came == file.part().rows) return {};
  return base::Unexpected(duck::Error{
      duck::Error::Kind::Io,
      fmt::format("{}: expected {} rows, came {}", file.part().name, file.part().rows, came)});
}

base::Expected<void, duck::Error> unless_lost(base::Expected<void, duck::Error> done,
                                              const Names& names) {
  if (done && names.is_lost()) {
    return base::Unexpected(duck::Error{duck::Error::Kind::Other, "there are too many names"});
  }
  return done;
}

// A chunk's rows as records; keeps its memory from one chunk to the next.
class Records {
 public:
  std::span<const FlowRecord> of(const duck::Chunk& chunk, flow::ColumnMask columns) {
    records_.assign(chunk.rows(), FlowRecord{});
    std::size_t field = 0;
#define X(name, type, dimension, meaning)                                                   \
  if ((columns & flow::bit(flow::Column::name)) != 0) {                                     \
    take<ColumnType::type>(chunk, field, flow::bit(flow::Column::name), &FlowRecord::name); \
    field += ColumnType::type == ColumnType::Address ? 2 : 1;                               \
  }
    WEIR_FLOW_COLUMNS(X)
#undef X
    return records_;
  }
  const Names& names() const {
    return names_;
  }

 private:
  template <ColumnType Type>
  void take(const duck::Chunk& chunk, std::size_t field, flow::ColumnMask bit,
            flow::ColumnValue<Type> FlowRecord::*member) {
    const auto set = [&](auto value_at) {
      const std::uint64_t* valid = chunk.validity(field);
      for (std::size_t row = 0; row < records_.size(); ++row) {
        if (valid != nullptr && (valid[row / 64] >> (row % 64) & 1) == 0) continue;
        records_[row].*member = value_at(row);
        records_[row].present |= bit;
      }
    };
    if constexpr (Type == ColumnType::Address) {
      const auto* high = chunk.values<std::uint64_t>(field);
      const auto* low = chunk.values<std::uint64_t>(field + 1);
      set([=](std::size_t row) { return flow::Address{high[row], low[row]}; });
    } else if constexpr (Type == ColumnType::Time) {
      const auto* micros = chunk.values<std::int64_t>(field);
      set([=](std::size_t row) { return ms_of(micros[row]); });
    } else if constexpr (Type == ColumnType::Name) {
      set([&](std::size_t row) { return names_.id_of(chunk.text(field, row)); });
    } else {
      const auto* values = chunk.values<flow::ColumnValue<Type>>(field);
      set([=](std::size_t row) { return values[row]; });
    }
  }

  std::vector<FlowRecord> records_;
  Names names_;
};

void add(std::span<const FlowRecord> records, std::vector<std::unique_ptr<flow::Batch>>& batches) {
  while (!records.empty()) {
    if (batches.empty() || batches.back()->room() == 0) {
      batches.push_back(std::make_unique<flow::Batch>());
    }
    const std::size_t fit = std::min(batches.back()->room(), records.size());
    batches.back()->append(records.first(fit));
    records = records.subspan(fit);
  }
}

void take_key(const duck::Chunk& chunk, std::size_t at, flow::HostMinute& row) {
  row.host = {chunk.values<std::uint64_t>(0)[at], chunk.values<std::uint64_t>(1)[at]};
  row.peer_is_local = chunk.values<bool>(2)[at];
}
void take_key(const duck::Chunk& chunk, std::size_t at, flow::InterfaceMinute& row) {
  row.exporter = {chunk.values<std::uint64_t>(0)[at], chunk.values<std::uint64_t>(1)[at]};
  row.interface = chunk.values<std::uint32_t>(2)[at];
}

// In the order of MinuteSource's fields.
template <class Row>
Row minute_row(const duck::Chunk& chunk, std::size_t at, Names& names) {
  Row row{};
  take_key(chunk, at, row);
  row.minute = ms_of(chunk.values<std::int64_t>(3)[at]);
  row.way = static_cast<flow::Way>(chunk.values<std::uint8_t>(4)[at]);
  row.app = names.id_of(chunk.text(5, at));
  std::size_t field = 6;
  auto& volume = row.volume;
  for (auto* member : {&volume.bytes, &volume.packets, &volume.flows, &volume.raw_bytes,
                       &volume.raw_packets, &volume.raw_flows}) {
    *member = chunk.values<std::int64_t>(field++)[at];
  }
  row.cut_keys = chunk.values<std::uint32_t>(field)[at];
  return row;
}

template <class Row>
base::Expected<void, duck::Error> read_rows(const PartFile& file, duck::Connection& connection,
                                            const Store::Meanwhile& meanwhile,
                                            std::vector<Row>& rows) {
  std::vector<std::string> fields;
  for (const auto& field : MinuteSource<Row>({}).fields()) {
    fields.push_back(duck::quoted(field.name));
  }
  Names names;
  auto done = each_chunk(file, fields, connection, meanwhile, [&](const duck::Chunk& chunk) {
    for (std::size_t at = 0; at < chunk.rows(); ++at) {
      rows.push_back(minute_row<Row>(chunk, at, names));
    }
  });
  return unless_lost(std::move(done), names);
}

}  // namespace

base::Expected<void, duck::Error> read_flows(const PartFile& file, duck::Connection& connection,
                                             const Store::Meanwhile& meanwhile,
                                             std::vector<std::unique_ptr<flow::Batch>>& batches) {
  const flow::ColumnMask columns = file.part().columns;
  std::vector<std::string> fields;
  for (const auto& field : fields_of(columns)) fields.push_back(duck::quoted(name_of(field)));
  Records records;
  auto done = each_chunk(file, fields, connection, meanwhile, [&](const duck::Chunk& chunk) {
    add(records.of(chunk, columns), batches);
  });
  return unless_lost(std::move(done), records.names());
}

base::Expected<void, duck::Error> read_minutes(const PartFile& file, duck::Connection& connection,
                                               const Store::Meanwhile& meanwhile,
                                               std::vector<flow::HostMinute>& rows) {
  return read_rows(file, connection, meanwhile, rows);
}
base::Expected<void, duck::Error> read_minutes(const PartFile& file, duck::Connection& connection,
                                               const Store::Meanwhile& meanwhile,
                                               std::vector<flow::InterfaceMinute>& rows) {
  return read_rows(file, connection, meanwhile, rows);
}

}  // namespace store
