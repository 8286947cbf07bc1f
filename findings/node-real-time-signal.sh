#!/usr/bin/env bash
# Node 24.21.0 (npm package `node`): a child that a real-time signal ended looks like a clean exit.
# The `exit` event says code 0 and signal null, as for `exit 0`; spawnSync says status null and an empty signal.
# bash reports 128 + 34 = 162 for the same child. A supervisor that trusts the event takes a killed node for one
# that stopped in order.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > npm.log
npm install --no-audit --no-fund --loglevel=error node@24.21.0 >> npm.log
node=node_modules/.bin/node
[ "$("$node" --version)" = v24.21.0 ]

cat > see.mjs <<'JS'
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
const argv = ["-c", "kill -34 $$; sleep 5"];
const [code, signal] = await once(spawn("bash", argv), "exit");
const { status, signal: syncSignal } = spawnSync("bash", argv);
console.log(JSON.stringify({ event: { code, signal }, sync: { status, signal: syncSignal } }));
JS
seen=$("$node" see.mjs)
wanted='{"event":{"code":0,"signal":null},"sync":{"status":null,"signal":""}}'
shell=0
bash -c 'kill -34 $$; sleep 5' 2> /dev/null || shell=$?
echo "node:  $seen"
echo "shell: $shell"
[ "$seen" = "$wanted" ] && [ "$shell" = 162 ]
