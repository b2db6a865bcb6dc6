#!/bin/sh
# tools/build.sh PRESET [TARGET...] configures the preset when that is needed and builds it. The
# tests' own dependencies are asked for only when more than the program is built.
set -eu
cd "$(dirname "$0")/.."
preset=$1
shift
cache=build/$preset/CMakeCache.txt
if [ $# -gt 0 ]; then
  [ -f "$cache" ] || cmake --preset "$preset" -DWEIR_TESTS=OFF >/dev/null
elif ! grep -qs '^WEIR_TESTS:BOOL=ON' "$cache"; then
  cmake --preset "$preset" -DWEIR_TESTS=ON >/dev/null
fi
exec cmake --build --preset "$preset" -j "${JOBS:-$(nproc)}" ${1:+--target "$@"}
