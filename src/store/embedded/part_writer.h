#pragma once

#include <filesystem>
#include <memory>

#include "store/embedded/duck.h"
#include "store/embedded/row_source.h"
#include "store/store.h"

namespace store {

// Writes parts (FORMAT.md) below the data folder, with a DuckDB instance of its own so that no
// query can take its memory. One thread.
class PartWriter {
 public:
  static base::Expected<std::unique_ptr<PartWriter>, base::IoError> open(
      const std::filesystem::path& folder);

  // Writes the rows under a temporary name, brings them to the disk and gives them their name:
  // `part.name`, which the folder of its kind and day begins. Answers the part with its octets and
  // checksum. An error leaves no file.
  base::Expected<Part, base::IoError> write(std::shared_ptr<const RowSource> rows, Part part);

  // For reading parts that are to be merged, on the same thread.
  duck::Connection& connection() { return connection_; }

 private:
  PartWriter(std::filesystem::path folder, duck::Database database, duck::Connection connection)
      : folder_(std::move(folder)),
        database_(std::move(database)),
        connection_(std::move(connection)) {}
  base::Expected<void, base::IoError> copy(std::shared_ptr<const RowSource> rows, const Part& part,
                                           const std::filesystem::path& file);

  std::filesystem::path folder_;
  RowSources sources_;  // outlives the instance
  duck::Database database_;
  duck::Connection connection_;
};

// What a part's file says of itself under the key "weir": its manifest row as far as it is known
// before the file is written.
std::string part_metadata(const Part& part);

// The suffix of files that are being written.
constexpr const char* kUnfinished = ".unfinished";

}  // namespace store
