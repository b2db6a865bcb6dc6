#!/bin/sh
# Prints the Node that builds the browser part: the machine's when it is new enough for Vite 8 (20.19,
# or 22.12 and later), else the one that tools/fetch_npm.sh put into .deps/node. Exit status 1: none.
set -eu
cd "$(dirname "$0")/.."

new_enough() { # node
  version=$("$1" --version 2>/dev/null) || return 1
  major=${version#v} minor=${version#v*.}
  major=${major%%.*} minor=${minor%%.*}
  case "$major" in
    20) [ "$minor" -ge 19 ] ;;
    22) [ "$minor" -ge 12 ] ;;
    *) [ "$major" -ge 23 ] ;;
  esac
}

for node in "$(command -v node || true)" "$PWD/.deps/node/node"; do
  if [ -n "$node" ] && new_enough "$node"; then
    echo "$node"
    exit 0
  fi
done
echo "no Node 20.19, 22.12 or newer: \`make deps\` fetches one" >&2
exit 1
