#!/bin/sh
# tools/web_test.sh unit|check: the browser part's own tests, or its types, lint and format. Exit
# status 77: its packages are not there.
set -eu
cd "$(dirname "$0")/../web"
if [ ! -d node_modules/vitest ]; then
  echo "skipped: web/node_modules is not there: tools/web_build.sh fills it"
  exit 77
fi
node=$(../tools/node.sh)
case "$1" in
  unit) exec "$node" node_modules/vitest/vitest.mjs run --reporter=./build/test_reporter.js ;;
  check)
    "$node" node_modules/svelte-check/bin/svelte-check --tsconfig ./tsconfig.json --fail-on-warnings
    "$node" node_modules/eslint/bin/eslint.js .
    "$node" node_modules/prettier/bin/prettier.cjs --check --config .prettierrc.json \
      . ../tests/browser/*.js ../tests/bench/*.js ;;
esac
