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

if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
fi
"$node" node_modules/vite/bin/vite.js build --logLevel error --outDir "$out" --emptyOutDir
"$node" build/compress.js "$out" >"$out.sizes"
