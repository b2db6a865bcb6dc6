#!/bin/sh
# Formats our C++ sources with clang-format 14; with --check only says what it would change.
set -eu
cd "$(dirname "$0")/.."
[ "${1:-}" = --check ] && set -- --dry-run -Werror || set -- -i
git ls-files -z --cached --others --exclude-standard '*.cc' '*.h' | xargs -0 -r clang-format-14 "$@"
