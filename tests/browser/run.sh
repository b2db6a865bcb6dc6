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
in_namespace=
if [ "$1" = softflowd ]; then
  for program in softflowd softflowctl tcpdump curl python3 ip; do
    command -v $program >/dev/null || skip "$program is not installed"
  done
  [ "$(id -u)" = 0 ] || skip "needs root for network namespaces"
  unshare --net true 2>/dev/null || skip "no network namespaces here"
  in_namespace="unshare --net"
fi
exec $in_namespace "$node" --test --test-reporter=./tests/browser/reporter.js "tests/browser/$1_test.js"
