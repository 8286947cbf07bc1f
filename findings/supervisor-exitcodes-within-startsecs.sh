#!/usr/bin/env bash
# supervisor 4.2.5 (PyPI): `exitcodes` does not count for a program that ends within `startsecs`.
# With autorestart=unexpected and exitcodes=0,70,71,72, a program that exits with 70 at once is started again
# startretries times and ends FATAL, and getProcessInfo reports exitstatus 0. With startsecs=0 the same program is
# started once, stays EXITED, and exitstatus is 70. A chain node that halts while it boots ends within a second.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "$(cat "$folder/pid" 2> /dev/null)" 2> /dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'supervisor==4.2.5' 'setuptools==75.8.0'

program() {
  printf '[program:%s]\ncommand=/bin/sh -c "echo ran >> %s/%s; exit 70"\n' "$1" "$folder" "$1"
  printf 'autorestart=unexpected\nexitcodes=0,70,71,72\nstartretries=3\nstartsecs=%s\n' "$2"
}
{
  printf '[supervisord]\nnodaemon=false\nlogfile=%s/log\npidfile=%s/pid\n' "$folder" "$folder"
  printf '[unix_http_server]\nfile=%s/sock\n' "$folder"
  printf '[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n'
  program quick 1
  program counted 0
} > supervisord.conf
venv/bin/supervisord -c supervisord.conf 2> /dev/null

cat > see.py <<'PY'
import sys, time, xmlrpc.client
from supervisor.xmlrpc import SupervisorTransport
server = xmlrpc.client.ServerProxy("http://x", SupervisorTransport(None, None, "unix://" + sys.argv[1]))
deadline = time.monotonic() + 30
while True:
    told = {p["name"]: p for p in server.supervisor.getAllProcessInfo()}
    if told["quick"]["statename"] == "FATAL" and told["counted"]["statename"] == "EXITED":
        break
    if time.monotonic() > deadline:
        sys.exit("not settled: %r" % told)
    time.sleep(0.1)
print(" ".join("%s=%s/%s" % (n, told[n]["statename"], told[n]["exitstatus"]) for n in ("quick", "counted")))
PY
seen="$(venv/bin/python see.py "$folder/sock") runs=$(wc -l < quick)/$(wc -l < counted)"
echo "$seen"
[ "$seen" = "quick=FATAL/0 counted=EXITED/70 runs=4/1" ]
