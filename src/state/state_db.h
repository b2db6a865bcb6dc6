#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace state {

// A prepared statement of a StateDb, which must outlive it. Parameters and columns count from 0.
//
// A failed bind is remembered and answered by the next step(), so that calls can be chained.
class Statement {
 public:
  // Binds all parameters in order: integers (64 bits, kept as they are), text, or Blob.
  struct Blob {
    std::string_view octets;
  };
  template <class... Values>
  Statement& bind(const Values&... values) {
    rewind();
    int index = 0;
    (bind_at(index++, values), ...);
    return *this;
  }

  // True: a row is there. False: done; what was to be written is written.
  base::Expected<bool, base::IoError> step();
  // Steps to the end and forgets the rows.
  base::Expected<void, base::IoError> run();

  std::int64_t integer(int column) const;
  std::uint64_t unsigned_integer(int column) const {
    return static_cast<std::uint64_t>(integer(column));
  }
  std::string text(int column) const;
  std::string blob(int column) const;
  bool is_null(int column) const;

 private:
  friend class StateDb;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(sqlite3* db, sqlite3_stmt* statement) : db_(db), statement_(statement) {}

  void rewind();
  template <class Value>
  void bind_at(int index, const Value& value) {
    if constexpr (std::is_integral_v<Value> || std::is_enum_v<Value>) {
      bind_integer(index, static_cast<std::int64_t>(value));
    } else if constexpr (std::is_same_v<Value, Blob>) {
      bind_blob(index, value.octets);
    } else {
      bind_text(index, std::string_view(value));
    }
  }
  void bind_integer(int index, std::int64_t value);
  void bind_text(int index, std::string_view value);
  void bind_blob(int index, std::string_view octets);

  sqlite3* db_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bind_result_ = 0;
};

// One connection to the small mutable state (SQLite, WAL): manifest of parts, ledger, exporters'
// states, users. Used by one thread at a time; each owner opens its own, and SQLite orders their
// writes (a writer waits up to kBusyTimeoutMs for another). A committed transaction is on disk.
class StateDb {
 public:
  static constexpr int kBusyTimeoutMs = 10'000;

  // Creates the file (mode 0600) when it is absent and brings an older schema up to date. Refuses
  // a file written by a newer Weir.
  static base::Expected<StateDb, base::IoError> open(const std::filesystem::path& file);
  // Never writes. The file must be there and its schema the present one.
  static base::Expected<StateDb, base::IoError> open_read_only(const std::filesystem::path& file);

  base::Expected<Statement, base::IoError> prepare(std::string_view sql) const;
  // Runs statements without parameters or results.
  base::Expected<void, base::IoError> execute(const std::string& sql) const;

  // prepare + bind + run.
  template <class... Values>
  base::Expected<void, base::IoError> run(std::string_view sql, const Values&... values) const {
    auto statement = prepare(sql);
    if (!statement) return base::Unexpected(statement.error());
    return statement->bind(values...).run();
  }

  // Rows changed by the last INSERT, UPDATE or DELETE.
  std::int64_t changes() const;

 private:
  struct Close {
    void operator()(sqlite3* db) const;
  };
  explicit StateDb(sqlite3* db) : db_(db) {}
  static base::Expected<StateDb, base::IoError> open_as(const std::string& uri, int flags);
  base::Expected<std::int64_t, base::IoError> schema_version() const;
  base::Expected<void, base::IoError> migrate() const;

  std::unique_ptr<sqlite3, Close> db_;
};

// Everything between its begin and commit() happens, or nothing: destroyed uncommitted, it rolls
// back. Takes the write lock at once. The StateDb must outlive it.
class Transaction {
 public:
  static base::Expected<Transaction, base::IoError> begin(const StateDb& db);
  ~Transaction();
  Transaction(Transaction&& other) noexcept : db_(other.db_) { other.db_ = nullptr; }
  Transaction& operator=(Transaction&&) = delete;

  base::Expected<void, base::IoError> commit();

 private:
  explicit Transaction(const StateDb& db) : db_(&db) {}
  const StateDb* db_;  // null: committed or moved from
};

}  // namespace state
