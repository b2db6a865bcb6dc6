#!/bin/sh
# tools/fetch_npm.sh FOLDER... fetches the files of tools/packages/npm.txt that belong below
# .deps/FOLDER and are not there yet, with npm by package name and without running any package's
# scripts. Each package is checked against its pinned sha512 before anything is unpacked. A file that
# is there is left alone: a stamp beside it names its package. With --missing first it only prints
# the packages that are missing.
set -eu
cd "$(dirname "$0")/.."
arch=$(dpkg --print-architecture)
only_tell=
if [ "${1:-}" = --missing ]; then only_tell=1; shift; fi

# Prints the lines of npm.txt for these folders whose file is missing or of another version.
missing() {
  folders=" $* "
  grep -v '^#' tools/packages/npm.txt | while read -r name version integrity on file to; do
    [ "$on" = any ] || [ "$on" = "$arch" ] || continue
    folder=${to#.deps/}
    case "$folders" in *" ${folder%%/*} "*) ;; *) continue ;; esac
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
  case "$4" in bin/*) chmod a+x "$5.part" ;; esac
  mv "$5.part" "$5"
  echo "$1 $2 $3" >"$5.from"
  rm "$packed"
}

list=$(missing "$@")
[ -n "$list" ] || exit 0
if [ -n "$only_tell" ]; then
  echo "$list" | cut -d ' ' -f 1,2 | tr ' ' '@'
  exit 0
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
echo "$list" | while read -r name version integrity file to; do
  fetch "$name" "$version" "$integrity" "$file" "$to"
done
