#pragma once

#include <duckdb.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "store/embedded/duck.h"

namespace store {

// Rows of ours that DuckDB may read as a table. Immutable while registered; fill() is called from
// several threads at once.
class RowSource {
 public:
  struct Field {
    std::string name;
    duckdb_type type;
  };

  virtual ~RowSource() = default;
  virtual std::span<const Field> fields() const = 0;
  virtual std::uint64_t rows() const = 0;
  // How many threads may share the pieces; 1 keeps them in order.
  virtual unsigned threads() const { return 1; }
  // Rows come in pieces of at most duckdb_vector_size(), numbered from 0.
  virtual std::size_t pieces() const = 0;
  virtual std::size_t rows_of(std::size_t piece) const = 0;
  // Asked before each piece: false ends the statement with an error.
  virtual bool goes_on() const { return true; }
  // Writes the piece's values of a field, and which of them are NULL, into `vector`.
  virtual void fill(std::size_t piece, std::size_t field, duckdb_vector vector) const = 0;
};

// The sources that the statements of one DuckDB instance may read by number: `rows($1)`.
// Thread-safe; must outlive the instance.
class RowSources {
 public:
  // Makes `rows(UBIGINT)` known to all connections of the instance that `connection` belongs to.
  base::Expected<void, base::IoError> register_function(const duck::Connection& connection);

  std::uint64_t add(std::shared_ptr<const RowSource> source);
  void remove(std::uint64_t number);
  // Null when there is none of that number.
  std::shared_ptr<const RowSource> find(std::uint64_t number) const;

 private:
  mutable std::mutex mutex_;  // guards the members below
  std::uint64_t next_ = 1;
  std::map<std::uint64_t, std::shared_ptr<const RowSource>> sources_;
};

// A source's registration for as long as a statement needs it.
class RegisteredSource {
 public:
  RegisteredSource(RowSources& sources, std::shared_ptr<const RowSource> source)
      : sources_(sources), number_(sources.add(std::move(source))) {}
  ~RegisteredSource() { sources_.remove(number_); }
  RegisteredSource(const RegisteredSource&) = delete;
  RegisteredSource& operator=(const RegisteredSource&) = delete;

  std::uint64_t number() const { return number_; }

 private:
  RowSources& sources_;
  std::uint64_t number_;
};

// For fill(): marks rows NULL. `present(row)` says which are not.
template <class Present>
void set_validity(duckdb_vector vector, std::size_t rows, Present present) {
  duckdb_vector_ensure_validity_writable(vector);
  std::uint64_t* bits = duckdb_vector_get_validity(vector);
  for (std::size_t first = 0; first < rows; first += 64) {
    std::uint64_t word = 0;
    const std::size_t last = std::min(rows, first + 64);
    for (std::size_t row = first; row < last; ++row) {
      word |= std::uint64_t{present(row) ? 1u : 0u} << (row - first);
    }
    bits[first / 64] = word;
  }
}

// A text that outlives the statement, as DuckDB holds it in a vector, without a copy.
duckdb_string_t borrowed_text(std::string_view text);

}  // namespace store
