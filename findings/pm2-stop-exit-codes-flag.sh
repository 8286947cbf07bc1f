#!/usr/bin/env bash
# pm2 7.0.4 (npm): the flag --stop-exit-codes holds one code, although it is named in the plural.
# `--stop-exit-codes 70 71 72` takes 70 for the option and 71 and 72 for the ids of programs to restart, so the
# command ends with 1; given once for each code, only the last one counts, and a program that exits with 70 is
# restarted for ever. An ecosystem file with stop_exit_codes: [70, 71, 72] holds all three.
set -euo pipefail
folder=$(mktemp -d)
export PM2_HOME="$folder/home"
trap '"$folder"/node_modules/.bin/pm2 kill > /dev/null 2>&1 || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > npm.log
npm install --no-audit --no-fund --loglevel=error pm2@7.0.4 >> npm.log 2>&1
pm2() { node_modules/.bin/pm2 "$@"; }
echo 'setTimeout(() => process.exit(70), 200);' > halts.js

listed=0
pm2 start halts.js --name listed --no-color --stop-exit-codes 70 71 72 > listed.log 2>&1 || listed=$?
pm2 delete all > /dev/null 2>&1 || true

pm2 start halts.js --name repeated --stop-exit-codes 70 --stop-exit-codes 71 --stop-exit-codes 72 > /dev/null
cat > halts.config.cjs <<'JS'
module.exports = { apps: [{ name: "file", script: "halts.js", stop_exit_codes: [70, 71, 72] }] };
JS
pm2 start halts.config.cjs > /dev/null

cat > see.mjs <<'JS'
import { readFileSync } from "node:fs";
const told = Object.fromEntries(JSON.parse(readFileSync(0, "utf8")).map((p) => [p.name, p.pm2_env]));
const ready = told.file?.status === "stopped" && told.repeated?.restart_time > 2;
console.log(ready ? `repeated=restarted file=${told.file.status}/${told.file.restart_time}` : "");
JS
seen=
for _ in $(seq 150); do
  seen=$(pm2 jlist 2> /dev/null | tail -n 1 | node see.mjs || true)
  [ -n "$seen" ] && break
  sleep 0.2
done
echo "listed: exit $listed, $(grep -o -m 1 'Applying action restartProcessId on app .71.*' listed.log)"
echo "$seen"
[ "$listed" = 1 ] && grep -q 'process id unknown' listed.log && [ "$seen" = "repeated=restarted file=stopped/0" ]
