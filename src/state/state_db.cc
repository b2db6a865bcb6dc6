#include "state/state_db.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "base/check.h"
#include "state/schema.h"

namespace state {
namespace {

base::IoError error_of(sqlite3* db, std::string operation) {
  const char* file = sqlite3_db_filename(db, "main");
  return {.operation = std::move(operation),
          .target = file != nullptr && *file != 0 ? file : "state.db",
          .errno_value = 0,
          .detail = sqlite3_errmsg(db)};
}

// SQLite's URI form of a path: its reserved characters escaped.
std::string uri_of(const std::filesystem::path& file, std::string_view parameters) {
  std::string uri = "file:";
  for (const char c : file.string()) {
    if (c == '?' || c == '#' || c == '%') {
      uri += fmt::format("%{:02x}", static_cast<unsigned>(c));
    } else {
      uri += c;
    }
  }
  return uri.append(parameters);
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void Statement::rewind() {
  sqlite3_reset(statement_.get());
  bind_result_ = SQLITE_OK;
}

void Statement::bind_integer(int index, std::int64_t value) {
  const int result = sqlite3_bind_int64(statement_.get(), index + 1, value);
  if (result != SQLITE_OK) bind_result_ = result;
}

void Statement::bind_text(int index, std::string_view value) {
  const int result = sqlite3_bind_text64(statement_.get(), index + 1, value.data(), value.size(),
                                         SQLITE_TRANSIENT, SQLITE_UTF8);
  if (result != SQLITE_OK) bind_result_ = result;
}

void Statement::bind_blob(int index, std::string_view octets) {
  const int result = sqlite3_bind_blob64(statement_.get(), index + 1, octets.data(), octets.size(),
                                         SQLITE_TRANSIENT);
  if (result != SQLITE_OK) bind_result_ = result;
}

base::Expected<bool, base::IoError> Statement::step() {
  const char* sql = sqlite3_sql(statement_.get());
  if (bind_result_ != SQLITE_OK)
    return base::Unexpected(error_of(db_, fmt::format("bind {}", sql)));
  switch (sqlite3_step(statement_.get())) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      return base::Unexpected(error_of(db_, sql));
  }
}

base::Expected<void, base::IoError> Statement::run() {
  for (;;) {
    const auto row = step();
    if (!row) return base::Unexpected(row.error());
    if (!*row) break;
  }
  sqlite3_reset(statement_.get());
  return {};
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) const {
  return blob(column);
}

std::string Statement::blob(int column) const {
  const auto* octets = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const auto count = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return octets == nullptr ? std::string() : std::string(octets, count);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void StateDb::Close::operator()(sqlite3* db) const {
  sqlite3_close(db);
}

base::Expected<StateDb, base::IoError> StateDb::open_as(const std::string& uri, int flags) {
  sqlite3* handle = nullptr;
  // Each connection belongs to one thread at a time, so SQLite need not lock it.
  const int result =
      sqlite3_open_v2(uri.c_str(), &handle, flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
  CHECK(handle != nullptr);
  StateDb db(handle);
  if (result != SQLITE_OK) {
    const auto begin = uri.find(':') + 1;
    const auto path = uri.substr(begin, uri.find('?') - begin);
    return base::Unexpected(base::IoError{"open", path, 0, sqlite3_errmsg(handle)});
  }
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  return db;
}

base::Expected<StateDb, base::IoError> StateDb::open(const std::filesystem::path& file) {
  const mode_t mask = umask(0077);
  auto db = open_as(uri_of(file, ""), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  // The -wal and -shm files take the mode of the database file.
  const auto prepared = db ? db->execute(
                                 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                 "PRAGMA foreign_keys = ON; PRAGMA cache_size = -2000;")
                           : base::Expected<void, base::IoError>();
  umask(mask);
  if (!db) return db;
  if (!prepared) return base::Unexpected(prepared.error());
  if (const auto migrated = db->migrate(); !migrated) return base::Unexpected(migrated.error());
  return db;
}

base::Expected<StateDb, base::IoError> StateDb::open_read_only(const std::filesystem::path& file) {
  // Without a -wal the file is all there is; `immutable` lets it be read in a folder that cannot
  // be written, where SQLite could not make its -shm.
  const bool has_wal = std::filesystem::exists(file.string() + "-wal");
  auto db =
      open_as(uri_of(file, has_wal ? "?mode=ro" : "?mode=ro&immutable=1"), SQLITE_OPEN_READONLY);
  if (!db) return db;
  const auto version = db->schema_version();
  if (!version) return base::Unexpected(version.error());
  const auto expected = static_cast<std::int64_t>(schema_steps().size());
  if (*version != expected) {
    return base::Unexpected(base::IoError{
        "open", file.string(), 0,
        fmt::format("expected schema version {}, came {}{}", expected, *version,
                    *version < expected ? "; `weir serve` brings it up to date" : "")});
  }
  return db;
}

base::Expected<std::int64_t, base::IoError> StateDb::schema_version() const {
  auto statement = prepare("PRAGMA user_version");
  if (!statement) return base::Unexpected(statement.error());
  const auto row = statement->step();
  if (!row) return base::Unexpected(row.error());
  return statement->integer(0);
}

base::Expected<void, base::IoError> StateDb::migrate() const {
  auto transaction = Transaction::begin(*this);
  if (!transaction) return base::Unexpected(transaction.error());
  const auto version = schema_version();
  if (!version) return base::Unexpected(version.error());
  const auto steps = schema_steps();
  if (*version > static_cast<std::int64_t>(steps.size())) {
    auto error = error_of(db_.get(), "open");
    error.detail =
        fmt::format("expected schema version {} or older, came {}: a newer Weir wrote it",
                    steps.size(), *version);
    return base::Unexpected(error);
  }
  for (auto step = static_cast<std::size_t>(*version); step < steps.size(); ++step) {
    if (auto done = execute(steps[step]); !done) return done;
  }
  if (auto done = execute(fmt::format("PRAGMA user_version = {}", steps.size())); !done)
    return done;
  return transaction->commit();
}

base::Expected<Statement, base::IoError> StateDb::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db_.get(), sql.data(), static_cast<int>(sql.size()), &statement,
                         nullptr) != SQLITE_OK) {
    return base::Unexpected(error_of(db_.get(), fmt::format("prepare {}", sql)));
  }
  return Statement(db_.get(), statement);
}

base::Expected<void, base::IoError> StateDb::execute(const std::string& sql) const {
  if (sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return base::Unexpected(error_of(db_.get(), sql.substr(0, 60)));
  }
  return {};
}

std::int64_t StateDb::changes() const {
  return sqlite3_changes64(db_.get());
}

base::Expected<Transaction, base::IoError> Transaction::begin(const StateDb& db) {
  if (auto begun = db.execute("BEGIN IMMEDIATE"); !begun) return base::Unexpected(begun.error());
  return Transaction(db);
}

Transaction::~Transaction() {
  // Nothing can be done about a failing rollback; SQLite rolls back when the file is next opened.
  if (db_ != nullptr) static_cast<void>(db_->execute("ROLLBACK"));
}

base::Expected<void, base::IoError> Transaction::commit() {
  CHECK(db_ != nullptr);
  if (auto done = db_->execute("COMMIT"); !done) return done;
  db_ = nullptr;
  return {};
}

}  // namespace state
