#pragma once

// Places where a test build ends itself as kill -9 would, to show that what is on disk survives it.
// Only builds with the CMake option WEIR_CRASH_POINTS have them; elsewhere the macro is nothing.
//
// CRASH_POINT("store.between_rename_and_commit") kills the process when the environment variable
// WEIR_CRASH_AT is that name, or "name:3" for the third time it is reached.
#ifdef WEIR_CRASH_POINTS
namespace base {
void crash_point(const char* name);
}
#define CRASH_POINT(name) ::base::crash_point(name)
#else
#define CRASH_POINT(name) static_cast<void>(0)
#endif
