#!/usr/bin/env bash
# conmon 2.1.6 (Debian 12), which writes the logs of CRI-O's and Podman's containers: a line of any length that a program
# writes in two pieces is stored as two entries, `P` and then `F`, and an entry of the other stream comes between them. Each
# read of the pipe ends an entry; a line need not be long. containerd cuts lines of more than 16 KiB only. The kubelet drops
# the line break after a `P` entry, so `kubectl logs` shows the other stream's text inside the line, and its second piece as a
# line of its own. Whoever reads such a log line by line can be made to see a line that no program wrote.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

(apt-get download conmon=2.1.6+ds1-1 libglib2.0-0 > /dev/null) 2>&1 | grep -v unsandboxed || true
for package in ./*.deb; do dpkg -x "$package" unpacked; done
export LD_LIBRARY_PATH="$folder/unpacked/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2> /dev/null || echo x86_64-linux-gnu)"

# In the place of runc: it starts the "container" on the pipes that conmon gives it, and writes down its process.
cat > runtime << 'SH'
#!/bin/sh
case $* in *create*) ;; *) exit 0 ;; esac
file=$(echo "$*" | sed 's/.*--pid-file \([^ ]*\).*/\1/')
(printf 'INF executed memo="one '; sleep 0.5; echo 'WRN slow peer' >&2; sleep 0.5; echo 'two"') &
printf %s $! > "$file"
SH
chmod +x runtime
mkdir bundle
unpacked/usr/bin/conmon --api-version 1 --cid one --cuuid one --name one --bundle bundle --runtime "$folder/runtime" \
  --container-pidfile pid --log-path "k8s-file:$folder/log" --exit-dir bundle --socket-dir-path bundle --full-attach

for _ in $(seq 100); do
  [ "$(wc -l < log)" -ge 3 ] && break
  sleep 0.1
done
seen=$(cut -d' ' -f2- log)
echo "$seen"
[ "$seen" = 'stdout P INF executed memo="one 
stderr F WRN slow peer
stdout F two"' ]
