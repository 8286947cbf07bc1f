#!/usr/bin/env bash
# pm2 7.0.4 (npm): cron_restart starts a program that stop_exit_codes has stopped.
# With stop_exit_codes: [72] a program that exits with 72 is "stopped" and stays so. With cron_restart beside it
# it is started again at each of the pattern's times, without end: nothing asks whether the program was
# stopped, or by which rule.
set -euo pipefail
folder=$(mktemp -d)
export PM2_HOME="$folder/home"
trap '"$folder"/node_modules/.bin/pm2 kill > /dev/null 2>&1 || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > npm.log
npm install --no-audit --no-fund --loglevel=error pm2@7.0.4 >> npm.log 2>&1
pm2() { node_modules/.bin/pm2 "$@"; }
cat > halts.js <<'JS'
require("node:fs").appendFileSync(process.argv[2], "start\n");
setTimeout(() => process.exit(72), 200);
JS
cat > halts.config.cjs <<'JS'
const held = { script: "halts.js", stop_exit_codes: [72] };
module.exports = {
  apps: [
    { ...held, name: "held", args: "held.starts" },
    { ...held, name: "timed", args: "timed.starts", cron_restart: "*/2 * * * * *" },
  ],
};
JS
pm2 start halts.config.cjs > /dev/null

starts() { cat "$1.starts" 2> /dev/null | wc -l; }
for _ in $(seq 300); do
  [ "$(starts timed)" -ge 4 ] && break
  sleep 0.2
done
echo "held: $(starts held) start; timed: $(starts timed) starts or more"
[ "$(starts held)" = 1 ] && [ "$(starts timed)" -ge 4 ]
