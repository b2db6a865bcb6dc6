#!/bin/sh
# tools/fuzz.sh SECONDS builds the fuzz targets and runs each for that long, starting from its corpus
# in tests/fuzz/corpus/ and what earlier runs found (build/fuzz/found/, not kept in git).
# The last line is `N passed, N failed`; what broke a target lies in build/fuzz/broke/.
set -eu
cd "$(dirname "$0")/.."
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target fuzzers
passed=0 failed=0
for target in build/fuzz/*_fuzz; do
  [ -x "$target" ] || continue
  name=$(basename "$target")
  mkdir -p "build/fuzz/found/$name" build/fuzz/broke "tests/fuzz/corpus/${name%_fuzz}"
  echo "$name for $1 s"
  if "$target" -max_total_time="$1" -timeout=10 -rss_limit_mb=2048 -print_final_stats=0 -verbosity=0 \
    -artifact_prefix="build/fuzz/broke/$name-" "build/fuzz/found/$name" "tests/fuzz/corpus/${name%_fuzz}"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
