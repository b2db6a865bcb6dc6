#!/bin/sh
# Fetches the files of tools/packages/npm.txt that are not there yet, with npm by package name and
# without running any package's scripts. Each package is checked against its pinned sha512 before
# anything is unpacked. A file that is there is left alone: a stamp beside it names its package.
# `tools/fetch_npm.sh --missing` only tells, by its exit status, whether something is missing.
set -eu
cd "$(dirname "$0")/.."
arch=$(dpkg --print-architecture)

# Prints the lines of npm.txt whose file is missing or of another version.
missing() {
  grep -v '^#' tools/packages/npm.txt | while read -r name version integrity on file to; do
    [ "$on" = any ] || [ "$on" = "$arch" ] || continue
    if [ -f "$to" ] && [ "$(cat "$to.from" 2>/dev/null)" = "$name $version $integrity" ]; then continue; fi
    echo "$name $version $integrity $file $to"
  done
}

sha512_hex() { echo "${1#sha512-}" | base64 -d | od -An -v -tx1 | tr -d ' \n'; }

fetch() { # name version integrity file to
  echo "fetching $1 $2 with npm"
  npm pack --ignore-scripts --silent --cache "$scratch/cache" --pack-destination "$scratch" "$1@$2" >/dev/null
  packed=$(echo "$scratch"/*.tgz)
  came=$(sha512sum "$packed" | cut -d ' ' -f 1)
  if [ "$came" != "$(sha512_hex "$3")" ]; then
    echo "$1 $2: expected sha512 $(sha512_hex "$3"), came $came; nothing was unpacked" >&2
    exit 1
  fi
  mkdir -p "$(dirname "$5")"
  tar -xzOf "$packed" "package/$4" >"$5.part"
  mv "$5.part" "$5"
  echo "$1 $2 $3" >"$5.from"
  rm "$packed"
}

list=$(missing)
if [ "${1:-}" = --missing ]; then
  [ -n "$list" ] && exit 0 || exit 1
fi
[ -n "$list" ] || exit 0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
echo "$list" | while read -r name version integrity file to; do
  fetch "$name" "$version" "$integrity" "$file" "$to"
done
