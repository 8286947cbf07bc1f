#!/usr/bin/env bash
# cosmovisor 1.5.0 (Go module cosmossdk.io/tools/cosmovisor): a node that writes upgrade-info.json and ends 0.5 s later is
# never upgraded while the same binary's `status` takes 2 s, however often cosmovisor is started again; with a `status` that
# answers at once it is upgraded by the first run. At each poll cosmovisor runs `status` to ask for the height. The poll
# has taken the file for seen by then, so the look at it after the node's end finds nothing new, and cosmovisor ends with
# the node's code as 1. Seen: three runs of the old binary each ending with 1, beside one run that starts the new one.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

printf 'module example.org/finding\n\ngo 1.22\n\nrequire cosmossdk.io/tools/cosmovisor v1.5.0\n' > go.mod
GOFLAGS=-mod=mod go build -o cosmovisor cosmossdk.io/tools/cosmovisor/cmd/cosmovisor 2> /dev/null

export DAEMON_NAME=noded UNSAFE_SKIP_BACKUP=true DAEMON_POLL_INTERVAL=100ms DAEMON_RESTART_AFTER_UPGRADE=true
# A home whose old binary takes so many seconds for its `status`.
home() {
  export DAEMON_HOME="$folder/$1"
  mkdir -p "$DAEMON_HOME/data" "$DAEMON_HOME/cosmovisor/genesis/bin" "$DAEMON_HOME/cosmovisor/upgrades/v2/bin"
  cat > "$DAEMON_HOME/cosmovisor/genesis/bin/noded" << SH
#!/bin/sh
[ "\$1" = status ] && { sleep $2; echo '{"SyncInfo":{"latest_block_height":"5"}}'; exit 0; }
[ "\$1" = start ] || exit 1
echo v1 >> "\$DAEMON_HOME/started"
sleep 1
echo '{"name":"v2","height":5}' > "\$DAEMON_HOME/data/upgrade-info.json"
sleep 0.5
exit 2
SH
  cat > "$DAEMON_HOME/cosmovisor/upgrades/v2/bin/noded" << 'SH'
#!/bin/sh
[ "$1" = pre-upgrade ] && exit 1
[ "$1" = start ] && echo v2 >> "$DAEMON_HOME/started"
exit 0
SH
  chmod +x "$DAEMON_HOME"/cosmovisor/genesis/bin/noded "$DAEMON_HOME"/cosmovisor/upgrades/v2/bin/noded
}
run() {
  local code=0
  timeout 60 ./cosmovisor run start > "$DAEMON_HOME/log" 2>&1 || code=$?
  echo "$code" >> "$DAEMON_HOME/codes"
}
told() { echo "$1: codes $(paste -sd' ' "$DAEMON_HOME/codes"), started $(paste -sd' ' "$DAEMON_HOME/started")"; }

home quick 0
run
quick=$(told "status at once")
home slow 2
for _ in 1 2 3; do run; done
slow=$(told "status in 2 s")
printf '%s\n' "$quick" "$slow"
[ "$quick" = "status at once: codes 0, started v1 v2" ]
[ "$slow" = "status in 2 s: codes 1 1 1, started v1 v1 v1" ]
