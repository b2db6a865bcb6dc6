#include "store/embedded/duck.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "base/check.h"

namespace store::duck {
namespace {

Error error_of(duckdb_result* result) {
  const char* text = duckdb_result_error(result);
  Error error{Error::Kind::Other, text == nullptr ? "" : text};
  switch (static_cast<int>(duckdb_result_error_type(result))) {
    case DUCKDB_ERROR_INTERRUPT:
      error.kind = Error::Kind::Interrupted;
      break;
    case DUCKDB_ERROR_OUT_OF_MEMORY:
      error.kind = Error::Kind::OutOfMemory;
      break;
    case DUCKDB_ERROR_IO:
    // What the Parquet reader and its decompressors say of a damaged file.
    case DUCKDB_ERROR_INVALID:
    case DUCKDB_ERROR_INVALID_INPUT:
    case DUCKDB_ERROR_SERIALIZATION:
    case DUCKDB_ERROR_NOT_IMPLEMENTED:
    case DUCKDB_ERROR_INTERNAL:
    case DUCKDB_ERROR_FATAL:
      error.kind = Error::Kind::Io;
      break;
    default:
      break;
  }
  return error;
}

// Of an error before the statement runs there is only the text. Binding opens the files it names.
Error error_of_prepare(const char* text) {
  Error error{Error::Kind::Io, text == nullptr ? "prepare failed" : text};
  for (const char* statement_is_wrong :
       {"Binder Error", "Catalog Error", "Conversion Error", "Parser Error", "Syntax Error"}) {
    if (error.text.starts_with(statement_is_wrong)) error.kind = Error::Kind::Other;
  }
  if (error.text.starts_with("Out of Memory Error")) error.kind = Error::Kind::OutOfMemory;
  return error;
}

struct Statement {
  Statement() = default;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { duckdb_destroy_prepare(&handle); }
  duckdb_prepared_statement handle = nullptr;
};

duckdb_value list_value(const std::vector<std::string>& texts) {
  std::vector<duckdb_value> values;
  values.reserve(texts.size());
  for (const auto& text : texts) {
    values.push_back(duckdb_create_varchar_length(text.data(), text.size()));
  }
  duckdb_logical_type type = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
  duckdb_value list = duckdb_create_list_value(type, values.data(), values.size());
  duckdb_destroy_logical_type(&type);
  for (auto& value : values) duckdb_destroy_value(&value);
  return list;
}

duckdb_state bind(duckdb_prepared_statement statement, idx_t place, const Parameter& parameter) {
  if (const auto* number = std::get_if<std::int64_t>(&parameter)) {
    return duckdb_bind_int64(statement, place, *number);
  }
  if (const auto* number = std::get_if<std::uint64_t>(&parameter)) {
    return duckdb_bind_uint64(statement, place, *number);
  }
  if (const auto* time = std::get_if<TimestampMs>(&parameter)) {
    return duckdb_bind_timestamp(statement, place, {time->value * 1000});
  }
  if (const auto* text = std::get_if<std::string>(&parameter)) {
    return duckdb_bind_varchar_length(statement, place, text->data(), text->size());
  }
  duckdb_value list = list_value(std::get<std::vector<std::string>>(parameter));
  const auto state = duckdb_bind_value(statement, place, list);
  duckdb_destroy_value(&list);
  return state;
}

base::Expected<void, Error> prepare(duckdb_connection connection, const Sql& sql,
                                    Statement& statement) {
  if (duckdb_prepare(connection, sql.text().c_str(), &statement.handle) != DuckDBSuccess) {
    return base::Unexpected(error_of_prepare(duckdb_prepare_error(statement.handle)));
  }
  for (std::size_t i = 0; i < sql.parameters().size(); ++i) {
    if (bind(statement.handle, i + 1, sql.parameters()[i]) != DuckDBSuccess) {
      return base::Unexpected(Error{Error::Kind::Other, fmt::format("cannot bind ${}", i + 1)});
    }
  }
  return {};
}

}  // namespace

std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) text.append(c == '"' ? 2 : 1, c);
  return text += '"';
}

std::string literal(std::string_view text) {
  std::string quoted_text = "'";
  for (const char c : text) quoted_text.append(c == '\'' ? 2 : 1, c);
  return quoted_text += '\'';
}

base::Expected<Database, base::IoError> Database::open(const Settings& settings) {
  // DuckDB makes the last folder of the path only. Where it cannot be made nothing spills.
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(settings.folder) / "spill", ignored);
  duckdb_config config = nullptr;
  CHECK(duckdb_create_config(&config) == DuckDBSuccess);
  const auto set = [&](const char* name, const std::string& value) {
    CHECK(duckdb_set_config(config, name, value.c_str()) == DuckDBSuccess);
  };
  set("threads", std::to_string(settings.threads));
  set("memory_limit", fmt::format("{}B", settings.memory_octets));
  set("autoinstall_known_extensions", "false");
  set("autoload_known_extensions", "false");
  set("temp_directory", fmt::format("{}/spill/{}", settings.folder, settings.spill_name));
  set("max_temp_directory_size", fmt::format("{}B", settings.spill_octets));
  duckdb_database database = nullptr;
  char* problem = nullptr;
  const auto opened = duckdb_open_ext(nullptr, &database, config, &problem);
  duckdb_destroy_config(&config);
  if (opened != DuckDBSuccess) {
    base::IoError error{"open", "DuckDB", 0, problem == nullptr ? "" : problem};
    duckdb_free(problem);
    return base::Unexpected(error);
  }
  Database result(database);
  auto connection = Connection::open(result);
  if (!connection) return base::Unexpected(connection.error());
  // The order matters: after the last line none of these can be changed.
  for (const auto& line :
       {fmt::format("SET allowed_directories = [{}]", literal(settings.folder + "/")),
        std::string("SET parquet_metadata_cache = true"), std::string("SET TimeZone = 'UTC'"),
        std::string("SET enable_external_access = false"),
        std::string("SET lock_configuration = true")}) {
    if (const auto done = connection->execute(Sql(line)); !done) {
      return base::Unexpected(base::IoError{"configure", "DuckDB", 0, done.error().text});
    }
  }
  return result;
}

std::string_view Chunk::text(std::size_t column, std::size_t row) const {
  const duckdb_string_t& text = values<duckdb_string_t>(column)[row];
  const auto length = text.value.inlined.length;
  return {length <= sizeof text.value.inlined.inlined ? text.value.inlined.inlined
                                                      : text.value.pointer.ptr,
          length};
}

Chunk::Chunk(duckdb_data_chunk chunk) : chunk_(chunk) {
  for (std::size_t column = 0; column < columns(); ++column) {
    duckdb_logical_type logical = duckdb_vector_get_column_type(vector(column));
    types_.push_back(duckdb_get_type_id(logical));
    duckdb_destroy_logical_type(&logical);
  }
}

void Rows::Destroy::operator()(duckdb_result* result) const {
  duckdb_destroy_result(result);
  delete result;
}

base::Expected<std::optional<Chunk>, Error> Rows::next() {
  duckdb_data_chunk chunk = duckdb_fetch_chunk(*result_);
  if (chunk != nullptr) return Chunk(chunk);
  const char* problem = duckdb_result_error(result_.get());
  if (problem != nullptr && *problem != 0) return base::Unexpected(error_of(result_.get()));
  return std::optional<Chunk>();
}

base::Expected<Connection, base::IoError> Connection::open(const Database& database) {
  duckdb_connection connection = nullptr;
  if (duckdb_connect(database.database_.get(), &connection) != DuckDBSuccess) {
    return base::Unexpected(base::IoError{"connect", "DuckDB", 0, ""});
  }
  return Connection(connection);
}

base::Expected<Rows, Error> Connection::run(const Sql& sql) {
  Statement statement;
  if (const auto ready = prepare(connection_.get(), sql, statement); !ready) {
    return base::Unexpected(ready.error());
  }
  Rows rows;
  rows.result_.reset(new duckdb_result{});
  if (duckdb_execute_prepared_streaming(statement.handle, rows.result_.get()) != DuckDBSuccess) {
    return base::Unexpected(error_of(rows.result_.get()));
  }
  return rows;
}

base::Expected<void, Error> Connection::execute(const Sql& sql) {
  auto rows = run(sql);
  if (!rows) return base::Unexpected(rows.error());
  for (;;) {
    const auto chunk = rows->next();
    if (!chunk) return base::Unexpected(chunk.error());
    if (!*chunk) return {};
  }
}

}  // namespace store::duck
