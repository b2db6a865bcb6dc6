#!/bin/sh
# tools/install_deps.sh GROUP... installs what the groups' lists in tools/packages/ name and the
# machine lacks: Debian packages by name, and for `build` the npm packages of npm.txt. Says what it
# will install and asks first, unless standard input is no terminal or YES=1. When everything is
# there it does nothing, and touches no network.
#
# No service of a package installed here is started, and none stays enabled: Debian's nfdump would
# otherwise put a collector on UDP 2055, one of Weir's own ports.
set -eu
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || { echo "usage: tools/install_deps.sh GROUP... (groups: $(cd tools/packages && ls | sed -n 's/\.txt$//p' | grep -v '^npm$' | tr '\n' ' '))" >&2; exit 2; }
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo

wanted() {
  for group; do
    [ -f "tools/packages/$group.txt" ] || { echo "no package list tools/packages/$group.txt" >&2; exit 2; }
    sed 's/#.*//' "tools/packages/$group.txt"
  done | tr -s ' \n' '\n' | sort -u | sed '/^$/d'
}

installed() { dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^ii  *//p' | sort -u; }

# The folders of .deps/ that the groups want filled: what the machine has itself is not fetched.
wanted_of_npm() {
  case " $* " in *" build "*) ;; *) return 0 ;; esac
  [ -f /usr/include/duckdb.h ] || [ -f /usr/local/include/duckdb.h ] || echo duckdb
  tools/node.sh >/dev/null 2>&1 || echo node
  echo places
}

# npm itself fetches those, and the packages of the browser part while that is being built.
wants_npm() {
  case " $* " in *" build "*) ;; *) return 1 ;; esac
  ! command -v npm >/dev/null
}

before=$(mktemp) && after=$(mktemp)
policy=/usr/sbin/policy-rc.d
policy_kept=$policy.before-weir

restore_policy() {
  if [ -e "$policy_kept" ]; then $as_root mv "$policy_kept" "$policy"; else $as_root rm -f "$policy"; fi
}

# While packages are set up nothing may start: policy-rc.d is Debian's own switch for that.
forbid_starts() {
  # (One kept by a run that was killed stays the one to restore.)
  if [ -e "$policy" ] && [ ! -e "$policy_kept" ]; then $as_root mv "$policy" "$policy_kept"; fi
  trap 'restore_policy; rm -f "$before" "$after"' EXIT
  trap 'exit 130' INT TERM
  printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
  $as_root chmod 755 "$policy"
}

# Packages enable their units for the next boot as well: undone for those that came just now.
disable_services() {
  comm -13 "$before" "$after" | while read -r package; do
    dpkg -L "$package" 2>/dev/null | sed -n 's,^\(/usr\)\?/lib/systemd/system/\([^/]*[^@]\.\(service\|socket\|timer\|path\)\)$,\2,p' |
      while read -r unit; do $as_root deb-systemd-helper disable "$unit" >/dev/null 2>&1 || true; done
    dpkg -L "$package" 2>/dev/null | sed -n 's,^/etc/init\.d/,,p' |
      while read -r script; do $as_root update-rc.d "$script" disable >/dev/null 2>&1 || true; done
  done
}

trap 'rm -f "$before" "$after"' EXIT
installed >"$before"
missing=$(wanted "$@" | comm -23 - "$before")
npm_folders=$(wanted_of_npm "$@")
npm_files=$(echo $(tools/fetch_npm.sh --missing $npm_folders))
! wants_npm "$@" || missing="$missing npm"
missing=$(echo $missing)
[ -n "$missing$npm_files" ] || exit 0

[ -z "$missing" ] || echo "Debian packages to install: $missing"
[ -z "$npm_files" ] || echo "npm packages to fetch into .deps/: $npm_files"
if [ -t 0 ] && [ "${YES:-}" != 1 ]; then
  printf 'Go on? [Y/n] '
  read -r answer
  case "$answer" in [nN]*) echo "nothing was installed"; exit 1 ;; esac
fi
if [ -n "$missing" ]; then
  forbid_starts
  $as_root apt-get update -qq
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o Dpkg::Use-Pty=0 $missing >"${after}.log" 2>&1 || { cat "${after}.log" >&2; exit 1; }
  rm -f "${after}.log"
  installed >"$after"
  disable_services
fi
[ -z "$npm_files" ] || tools/fetch_npm.sh $npm_folders
