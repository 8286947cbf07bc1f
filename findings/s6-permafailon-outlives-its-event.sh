#!/usr/bin/env bash
# s6 2.11.3.2 (Debian 12): `s6-permafailon 60 1 70 true` in a finish script does not ask what the service ended with now. It counts the
# ends of the last 60 seconds, so a service that ended with 70, was started by hand and is killed a moment later stays down for the
# kill: "triggered after 1 events involving exit code 70". Whoever holds an exit code by it holds every crash of the next
# minute, too. A finish script that looks at its first argument and exits with 125 holds that code alone.
set -euo pipefail
folder=$(mktemp -d)
supervisor=
trap 'kill $supervisor 2> /dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"

(apt-get download s6=2.11.3.2-1 libs6-2.11 libskarnet2.13 libexecline2.9 execline > /dev/null) 2>&1 | grep -v unsandboxed || true
for package in ./*.deb; do dpkg -x "$package" unpacked; done
export LD_LIBRARY_PATH="$folder/unpacked/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2> /dev/null || echo x86_64-linux-gnu):$folder/unpacked/lib"
export PATH="$folder/unpacked/usr/bin:$folder/unpacked/bin:$PATH"

# Whether the service is started again after a SIGKILL that follows an end with 70 and a start by hand.
after_kill() {
  mkdir "$1"
  printf '#!/bin/sh\n[ -e upgraded ] && exec sleep 600\nexit 70\n' > "$1/run"
  printf '#!/bin/sh\n%s\n' "$2" > "$1/finish"
  chmod +x "$1/run" "$1/finish"
  s6-supervise "$1" 2> "$1/said" &
  supervisor=$!
  state() { s6-svstat -o up,wantedup "$1" 2> /dev/null || true; }
  await() { for _ in $(seq 100); do [ "$(state "$1")" = "$2" ] && return; sleep 0.1; done; }
  await "$1" 'false false'
  touch "$1/upgraded"
  s6-svc -u "$1"
  await "$1" 'true true'
  first=$(s6-svstat -o pid "$1")
  s6-svc -k "$1"
  for _ in $(seq 30); do
    now=$(s6-svstat -o pid "$1")
    [ "$now" != "$first" ] && [ "$now" != -1 ] && break
    sleep 0.1
  done
  case $now in "$first" | -1) echo "$1: stays down" ;; *) echo "$1: started again" ;; esac
  s6-svc -dxk "$1"
  wait $supervisor
}
seen=$(
  after_kill permafailon 'exec s6-permafailon 60 1 70 true'
  after_kill exit-125 'case $1 in 70) exit 125 ;; esac'
)
echo "$seen"
[ "$seen" = 'permafailon: stays down
exit-125: started again' ]
