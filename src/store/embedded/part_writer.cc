#include "store/embedded/part_writer.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cerrno>

#include "base/crash_point.h"
#include "base/sync_folder.h"
#include "store/embedded/checksum.h"
#include "store/embedded/flow_fields.h"

namespace store {
namespace {

constexpr std::uint64_t kWriterMemoryOctets = 256u << 20;
// Of a row group's 122,880 values. With its own, larger limit DuckDB builds dictionaries of ports,
// octets and times that it throws away or that save nothing: a sixth of what sealing costs.
constexpr std::uint64_t kDictionaryValuesMax = 4096;

base::IoError io_error(const char* operation, const std::filesystem::path& file,
                       const std::error_code& problem) {
  return {operation, file.string(), problem.value(), ""};
}

// Removes an unfinished file unless it got its name.
struct Unfinished {
  std::filesystem::path file;
  ~Unfinished() {
    std::error_code ignored;
    if (!file.empty()) std::filesystem::remove(file, ignored);
  }
};

}  // namespace

std::string part_metadata(const Part& part) {
  return boost::json::serialize(boost::json::object{
      {"format", 1},
      {"name", part.name},
      {"kind", part.kind},
      {"rows", part.rows},
      {"min_start", part.min_start},
      {"max_end", part.max_end},
      {"min_received", part.min_received},
      {"max_received", part.max_received},
      {"columns", to_names(part.columns)},
      {"plain_times", part.plain_times},
      {"all_counted", part.all_counted},
      {"small_volumes", part.small_volumes},
      {"rolled_up", part.rolled_up},
      {"cut_rows", part.cut_rows},
      {"segment", part.segment},
      {"merges", part.merges},
  });
}

base::Expected<std::unique_ptr<PartWriter>, base::IoError> PartWriter::open(
    const std::filesystem::path& folder) {
  auto database = duck::Database::open({.threads = 1,
                                        .memory_octets = kWriterMemoryOctets,
                                        .folder = folder.string(),
                                        .spill_octets = 0,
                                        .spill_name = "writer"});
  if (!database) return base::Unexpected(database.error());
  auto connection = duck::Connection::open(*database);
  if (!connection) return base::Unexpected(connection.error());
  std::unique_ptr<PartWriter> writer(
      new PartWriter(folder, std::move(*database), std::move(*connection)));
  if (const auto done = writer->sources_.register_function(writer->connection_); !done) {
    return base::Unexpected(done.error());
  }
  return writer;
}

base::Expected<Part, base::IoError> PartWriter::write(std::shared_ptr<const RowSource> rows,
                                                      Part part) {
  const auto file = folder_ / part.name;
  if (const auto made = make_folder(file.parent_path()); !made) {
    return base::Unexpected(made.error());
  }
  Unfinished unfinished{file.string() + kUnfinished};
  if (auto copied = copy(std::move(rows), part, unfinished.file); !copied) {
    return base::Unexpected(copied.error());
  }
  const auto digest = sync_and_digest(unfinished.file);
  if (!digest) return base::Unexpected(digest.error());
  part.octets = digest->octets;
  part.checksum = digest->checksum;
  CRASH_POINT(part.merges == 0 ? "in_seal" : "in_merge");
  std::error_code problem;
  std::filesystem::rename(unfinished.file, file, problem);
  if (problem) return base::Unexpected(io_error("rename", file, problem));
  unfinished.file.clear();
  if (auto synced = base::sync_folder(file.parent_path()); !synced) {
    return base::Unexpected(synced.error());
  }
  return part;
}

base::Expected<void, base::IoError> PartWriter::copy(std::shared_ptr<const RowSource> rows,
                                                     const Part& part,
                                                     const std::filesystem::path& file) {
  const RegisteredSource source(sources_, std::move(rows));
  duck::Sql sql;
  sql += "COPY (SELECT * FROM rows(" + sql.parameter(source.number()) + ")) TO " +
         sql.parameter(file.string()) +
         " (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, DICTIONARY_SIZE_LIMIT " +
         std::to_string(kDictionaryValuesMax) +
         ", KV_METADATA {weir: " + sql.parameter(part_metadata(part)) + "})";
  const auto done = connection_.execute(sql);
  if (done) return {};
  const bool full = done.error().text.find("No space left") != std::string::npos;
  return base::Unexpected(
      base::IoError{"write", file.string(), full ? ENOSPC : 0, full ? "" : done.error().text});
}

}  // namespace store
