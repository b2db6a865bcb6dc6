#pragma once

#include <duckdb.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

// DuckDB's C API as values with owners. Data chunks only, no value getters.
namespace store::duck {

struct Error {
  enum class Kind : std::uint8_t {
    Interrupted,
    OutOfMemory,
    Io,     // a file that cannot be read, or holds what the reader does not expect
    Other,  // the statement is wrong
  };
  Kind kind = Kind::Other;
  std::string text;
};

struct Settings {
  unsigned threads = 1;
  std::uint64_t memory_octets = 256u << 20;
  std::string folder;  // the one folder it may read and write; spills go to `<folder>/spill`
  std::uint64_t spill_octets = 1u << 30;
  std::string spill_name;  // below `<folder>/spill`, one per instance
};

// An in-memory DuckDB that loads no extensions, reaches no network and no file outside its folder,
// and whose configuration nothing can change any more.
class Database {
 public:
  static base::Expected<Database, base::IoError> open(const Settings& settings);

 private:
  friend class Connection;
  struct Close {
    void operator()(duckdb_database database) const { duckdb_close(&database); }
  };
  explicit Database(duckdb_database database) : database_(database) {}
  std::unique_ptr<std::remove_pointer_t<duckdb_database>, Close> database_;
};

// A value bound to `$1`, `$2`, … of a statement.
struct TimestampMs {
  base::UnixMs value;
};
using Parameter =
    std::variant<std::int64_t, std::uint64_t, TimestampMs, std::string, std::vector<std::string>>;

// SQL whose every value is a parameter.
class Sql {
 public:
  Sql() = default;
  explicit Sql(std::string_view text) : text_(text) {}

  Sql& operator+=(std::string_view text) {
    text_ += text;
    return *this;
  }
  // Registers the value and answers its place in the text, "$7".
  std::string parameter(Parameter value) {
    parameters_.push_back(std::move(value));
    return "$" + std::to_string(parameters_.size());
  }
  const std::string& text() const { return text_; }
  const std::vector<Parameter>& parameters() const { return parameters_; }

 private:
  std::string text_;
  std::vector<Parameter> parameters_;
};

// The name in double quotes: `end` is a keyword.
std::string quoted(std::string_view name);
// The text in single quotes, for the few places where SQL takes no parameter.
std::string literal(std::string_view text);

// One chunk of rows; its vectors live as long as it does.
class Chunk {
 public:
  explicit Chunk(duckdb_data_chunk chunk);
  std::size_t rows() const { return duckdb_data_chunk_get_size(chunk_.get()); }
  std::size_t columns() const { return duckdb_data_chunk_get_column_count(chunk_.get()); }

  template <class T>
  const T* values(std::size_t column) const {
    return static_cast<const T*>(duckdb_vector_get_data(vector(column)));
  }
  // Null: every value is there. Else one bit per row.
  const std::uint64_t* validity(std::size_t column) const {
    return duckdb_vector_get_validity(vector(column));
  }
  bool is_valid(std::size_t column, std::size_t row) const {
    const auto* bits = validity(column);
    return bits == nullptr || (bits[row / 64] >> (row % 64) & 1) != 0;
  }
  std::string_view text(std::size_t column, std::size_t row) const;
  duckdb_type type(std::size_t column) const { return types_[column]; }

 private:
  duckdb_vector vector(std::size_t column) const {
    return duckdb_data_chunk_get_vector(chunk_.get(), column);
  }
  struct Destroy {
    void operator()(duckdb_data_chunk chunk) const { duckdb_destroy_data_chunk(&chunk); }
  };
  std::unique_ptr<std::remove_pointer_t<duckdb_data_chunk>, Destroy> chunk_;
  std::vector<duckdb_type> types_;
};

// Rows of a running statement, streamed. Its connection must outlive it.
class Rows {
 public:
  // Empty: no more rows.
  base::Expected<std::optional<Chunk>, Error> next();

 private:
  friend class Connection;
  struct Destroy {
    void operator()(duckdb_result* result) const;
  };
  std::unique_ptr<duckdb_result, Destroy> result_;
};

// Used by one thread at a time, but for interrupt().
class Connection {
 public:
  static base::Expected<Connection, base::IoError> open(const Database& database);

  // Runs one statement; its rows are produced as they are fetched.
  base::Expected<Rows, Error> run(const Sql& sql);
  // Runs one statement whose rows, if any, do not matter.
  base::Expected<void, Error> execute(const Sql& sql);
  // From any thread: what runs now ends with Interrupted.
  void interrupt() const { duckdb_interrupt(connection_.get()); }

  duckdb_connection get() const { return connection_.get(); }

 private:
  struct Close {
    void operator()(duckdb_connection connection) const { duckdb_disconnect(&connection); }
  };
  explicit Connection(duckdb_connection connection) : connection_(connection) {}
  std::unique_ptr<std::remove_pointer_t<duckdb_connection>, Close> connection_;
};

}  // namespace store::duck
