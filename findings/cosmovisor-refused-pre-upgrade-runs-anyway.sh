#!/usr/bin/env bash
# cosmovisor 1.5.0 (Go module cosmossdk.io/tools/cosmovisor): a new binary whose `pre-upgrade` refuses the upgrade (exit
# code 30) is run all the same at the next start, and is not asked again. `current` is switched to the new binary before
# `pre-upgrade` is asked, and stays so after the refusal, which ends cosmovisor with 1. Any supervisor that restarts
# cosmovisor, as all its guides advise, so carries the refused upgrade out. Seen: asked once, 1, then the new binary.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

printf 'module example.org/finding\n\ngo 1.22\n\nrequire cosmossdk.io/tools/cosmovisor v1.5.0\n' > go.mod
GOFLAGS=-mod=mod go build -o cosmovisor cosmossdk.io/tools/cosmovisor/cmd/cosmovisor 2> /dev/null

export DAEMON_NAME=noded DAEMON_HOME="$folder/home" UNSAFE_SKIP_BACKUP=true DAEMON_POLL_INTERVAL=100ms
export DAEMON_RESTART_AFTER_UPGRADE=true DAEMON_PREUPGRADE_MAX_RETRIES=1
mkdir -p home/data home/cosmovisor/genesis/bin home/cosmovisor/upgrades/v2/bin
binary() { cat > "home/cosmovisor/$1/bin/noded"; chmod +x "home/cosmovisor/$1/bin/noded"; }
# It reaches the plan's height: it writes the file that cosmovisor waits for, and stands still.
binary genesis << 'SH'
#!/bin/sh
[ "$1" = start ] || exit 1
echo '{"name":"v2","height":5}' > "$DAEMON_HOME/data/upgrade-info.json"
exec sleep 600
SH
binary upgrades/v2 << 'SH'
#!/bin/sh
[ "$1" = pre-upgrade ] && { echo asked >> "$DAEMON_HOME/told"; exit 30; }
[ "$1" = start ] && echo "v2 started" >> "$DAEMON_HOME/told"
exit 0
SH

first=0
timeout 60 ./cosmovisor run start > first.log 2>&1 || first=$?
echo "refused: code $first, current -> $(basename "$(readlink home/cosmovisor/current)")"
second=0
timeout 60 ./cosmovisor run start > second.log 2>&1 || second=$?
echo "started again: code $second"
cat home/told
[ "$first $(basename "$(readlink home/cosmovisor/current)") $second" = "1 v2 0" ]
[ "$(cat home/told)" = $'asked\nv2 started' ]
