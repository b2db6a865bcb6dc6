#pragma once

#include <cstddef>
#include <span>

// Places where a test has the process end as kill -9 would, to show that what is on disk survives.
// In `weir` they do nothing. The program `weir-crashing` is the same objects linked with
// tests/e2e/crash_points.cc instead of crash_point.cc; what ends it is said there.
namespace base {

void crash_point(const char* name);

// In front of decoding a datagram.
void crash_point_at_datagram(std::span<const std::byte> payload);

}  // namespace base

#define CRASH_POINT(name) ::base::crash_point(name)
