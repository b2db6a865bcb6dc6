#!/bin/sh
# tests/browser/run.sh NAME runs NAME_test.js against the programs in WEIR_BUILD (build/release) with
# Debian's chromium. Exit status 77: what it needs is not there.
set -eu
cd "$(dirname "$0")/../.."

skip() {
  echo "skipped: $1"
  exit 77
}
chromium=${WEIR_CHROMIUM:-/usr/bin/chromium}
[ -x "$chromium" ] || skip "chromium is not installed"
[ -d web/node_modules/playwright-core ] || skip "web/node_modules is not there: tools/web_build.sh fills it"
node=$(tools/node.sh)
status=0
# The reporter's last line tells how many passed; a script that does not end is ended by ctest.
"$node" --test --test-reporter=./tests/browser/reporter.js "tests/browser/$1_test.js" || status=$?
exit $status
