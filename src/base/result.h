#pragma once

#include <string>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>

namespace base {

// Becomes std::expected once the compilers have it. No exceptions of ours, anywhere.
template <class T, class E>
using Expected = tl::expected<T, E>;

template <class E>
constexpr tl::unexpected<std::decay_t<E>> Unexpected(E&& error) {
  return tl::unexpected<std::decay_t<E>>(std::forward<E>(error));
}

// A person's input is wrong (config, filter, command line). Shown to that person as it is.
struct UserError {
  std::string where;  // "weir.toml:12", "--range", "filter, character 7"; may be empty
  std::string what;   // what was expected and what came
  std::string hint;   // what to do about it; may be empty
};

// "where: what (hint)", the one rendering of a UserError as a line.
std::string to_text(const UserError& error);

// The world failed (disk full, address in use). Handled by exactly one owner.
struct IoError {
  std::string operation;  // "open", "bind", "commit"
  std::string target;     // a path, an address, a part
  int errno_value = 0;    // 0: see `detail`
  std::string detail;     // what a library said; may be empty
};

// "operation target: reason", the one rendering of an IoError as a line.
std::string to_text(const IoError& error);

}  // namespace base
