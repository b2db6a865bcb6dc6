#!/bin/bash
# The first promise of the README, kept in a bare Debian 12: a debootstrap folder with git, make, sudo
# and CA certificates, in which this checkout's HEAD is cloned, `make run` serves, is ended, serves
# again, and `make test` passes. Times and disk are measured. Needs root and debootstrap.
#
# usage: tools/bare_debian.sh [--keep]      (--keep leaves the folder for a look; it is named)
#
# Mirror, proxies and CA certificates are this machine's. The last line is `N passed, N failed`.
set -euo pipefail
cd "$(dirname "$0")/.."
readonly LONGEST_FIRST_START_S=480 MOST_DISK_MB=2048 LONGEST_SECOND_START_S=30 LONGEST_STOP_S=30

skip() { echo "$1"; exit 77; }
[ "$(id -u)" = 0 ] || skip "needs root"
command -v debootstrap >/dev/null || skip "needs debootstrap"

bare=$(mktemp -d /var/tmp/weir-bare.XXXXXX)
clean_up() { [ "${keep:-}" = 1 ] && echo "left: $bare" || rm -rf --one-file-system "$bare"; }
keep=0; [ "${1:-}" = --keep ] && keep=1
trap clean_up EXIT

bookworm_sources() {
  apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Identifier: Packages' |
    awk '$2 ~ /^bookworm/ && $3 == "main" && !seen[$0]++ { print "deb", $1, $2, $3 }'
}
first_mirror() { bookworm_sources | awk '$3 == "bookworm" { print $2; exit }'; }

install_debian() {
  debootstrap --variant=minbase --include=git,make,sudo,ca-certificates bookworm "$bare" "$(first_mirror)" >"$bare.log" ||
    { tail -20 "$bare.log"; exit 1; }
  rm -f "$bare.log"
  bookworm_sources >"$bare/etc/apt/sources.list"
  apt-config dump | grep -i '^Acquire::.*proxy' >"$bare/etc/apt/apt.conf.d/90proxy" || true
  cp /etc/resolv.conf "$bare/etc/resolv.conf"
  cp /etc/ssl/certs/ca-certificates.crt "$bare/etc/ssl/certs/ca-certificates.crt"
  git bundle create -q "$bare/srv/weir.bundle" HEAD
}

# Runs a command line inside, in its own mount and pid namespace: nothing it starts outlives it.
inside() {
  local registry=()
  command -v npm >/dev/null && registry=(npm_config_registry="$(npm config get registry 2>/dev/null)")
  env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb LANG=C.UTF-8 \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "${registry[@]}" \
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} ${no_proxy:+no_proxy="$no_proxy"} \
    unshare --mount --pid --fork --kill-child --mount-proc="$bare/proc" chroot "$bare" /bin/bash -euo pipefail -c "$1" </dev/null
}

disk_mb() { du -smx "$bare" | cut -f 1; }

# Inside: starts `make run`, waits until /healthz answers 200, ends it with SIGTERM; prints
# "served S" and "stopped S". The ports are ones nobody uses by default, so that a Weir or a
# collector of this machine is not disturbed.
readonly SERVE='
cd /srv/weir
answers() {
  exec 3<>/dev/tcp/127.0.0.1/39300 || return 1
  printf "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:39300\r\nConnection: close\r\n\r\n" >&3
  read -r _ status _ <&3; exec 3<&-
  [ "$status" = 200 ]
} 2>/dev/null
began=$SECONDS
make run ARGS="--http 127.0.0.1:39300 --listen 127.0.0.1:39301" >/srv/run.log 2>&1 &
until (answers); do
  kill -0 $! 2>/dev/null || { tail -40 /srv/run.log; exit 1; }
  [ $((SECONDS - began)) -lt 1200 ] || { tail -40 /srv/run.log; exit 1; }
  sleep 0.2
done
echo "served $((SECONDS - began))"
began=$SECONDS
kill -TERM $!
wait $! || true
echo "stopped $((SECONDS - began))"
'

passed=0 failed=0
judge() { # what came most unit
  if [ "$2" -le "$3" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  echo "$1: $2 $4 (at most $3)"
}
number() { sed -n "s/^$1 \([0-9]*\).*/\1/p" <<<"$2"; }

install_debian
before=$(disk_mb)
said=$(inside "git -c advice.detachedHead=false clone -q /srv/weir.bundle /srv/weir; $SERVE") || { echo "$said"; echo "$passed passed, 1 failed"; exit 1; }
judge "first make run until /healthz answers" "$(number served "$said")" $LONGEST_FIRST_START_S s
judge "SIGTERM until it has ended" "$(number stopped "$said")" $LONGEST_STOP_S s
judge "disk, packages and downloads included" $(($(disk_mb) - before)) $MOST_DISK_MB MB
said=$(inside "$SERVE") || { echo "$said"; echo "$passed passed, $((failed + 1)) failed"; exit 1; }
judge "second make run until /healthz answers" "$(number served "$said")" $LONGEST_SECOND_START_S s

began=$SECONDS
said=$(inside "cd /srv/weir; make test 2>&1 || true")
tail -40 <<<"$said"
echo "make test: $((SECONDS - began)) s"
[[ $(tail -1 <<<"$said") =~ ^[1-9][0-9]*\ passed,\ 0\ failed$ ]] && passed=$((passed + 1)) || failed=$((failed + 1))
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
