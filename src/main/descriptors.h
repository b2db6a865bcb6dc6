#pragma once

#include <cstddef>

namespace weir {

// Raises this process's limit of open files to as many as it may have, and answers it.
std::size_t raise_descriptor_limit();

// How many of `wanted` connections may be open at once so that parts, segments and ports can still
// be opened under the limit.
std::size_t connections_under(std::size_t descriptor_limit, std::size_t wanted);

}  // namespace weir
