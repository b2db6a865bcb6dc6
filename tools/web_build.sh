#!/bin/sh
# tools/web_build.sh FOLDER builds the browser part into FOLDER, every file beside its .gz and .br.
# Packages come by web/package-lock.json with npm, which runs none of their scripts; they are left
# alone while they are newer than the lock file.
set -eu
cd "$(dirname "$0")/.."
out=$1
node=$(tools/node.sh)
cd web

# Two builds of one checkout share the packages and Vite's cache.
exec 9>.build-lock
flock 9

# npm leaves out optional packages that want a newer Node than its own: where the machine's is too
# old, npm runs on the one that builds. Debian's npm finds its parts in Debian's folders.
run_npm() {
  case "$node" in
    */.deps/node/node)
      NODE_PATH=/usr/share/nodejs:/usr/lib/nodejs:/usr/lib/$(uname -m)-linux-gnu/nodejs \
        "$node" "$(readlink -f "$(command -v npm)")" "$@" ;;
    *) npm "$@" ;;
  esac
}

if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  run_npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --cache "$scratch"
  touch node_modules/.package-lock.json
fi
"$node" node_modules/vite/bin/vite.js build --logLevel error --outDir "$out" --emptyOutDir
"$node" build/compress.js "$out" >"$out.sizes"
