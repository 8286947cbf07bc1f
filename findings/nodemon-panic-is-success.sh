#!/usr/bin/env bash
# nodemon 3.1.10 (npm): a program that ends with 2, as every Go program that panicked does, makes nodemon stop for good and end
# with 0. It takes the 2 for a shell's word that the command is wrong, though no shell said so. After 1, 70 or 3 it says "app
# crashed" and stays to wait for a changed file. So a node of today, which panics at its upgrade, comes out as a clean end, and
# `restart: on-failure` around it lets it lie.
# Seen: after 2 "reserved code 2" and 0; after 1, 3 and 70 it still runs.
set -euo pipefail
folder=$(mktemp -d)
running=
trap '[ -z "$running" ] || kill "$running" 2> /dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > npm.log
npm install --no-audit --no-fund --loglevel=error nodemon@3.1.10 >> npm.log 2>&1

# How nodemon ends, or that it waits.
after() {
  printf '#!/bin/sh\nexit %s\n' "$1" > halts
  chmod +x halts
  node_modules/.bin/nodemon --watch halts --exec ./halts > log 2>&1 < /dev/null &
  running=$!
  for _ in $(seq 300); do
    grep -q 'app crashed' log && break
    kill -0 "$running" 2> /dev/null || break
    sleep 0.1
  done
  if grep -q 'app crashed' log; then
    echo "$1: waits"
    kill "$running"
    wait "$running" || true
  else
    local code=0
    wait "$running" || code=$?
    echo "$1: ends with $code, $(grep -o 'reserved code 2' log)"
  fi
  running=
}
seen=$(for code in 1 3 70 2; do after "$code"; done)
echo "$seen"
[ "$seen" = '1: waits
3: waits
70: waits
2: ends with 0, reserved code 2' ]
