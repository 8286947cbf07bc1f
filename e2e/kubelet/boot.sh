#!/bin/sh
# Turns the namespaces that it is started in into a machine that keeps a containerd running: `boot.sh FOLDER`, where
# the folder has its configuration. Whatever is mounted or written here is gone with the namespaces.
set -eu
. "$(dirname "$0")/../harness/own-machine.sh"

# A kubelet sets these for the one kernel that all share. Here it reads what it would set, and the kernel's stay as they are.
mkdir /run/sysctl
while read -r name value; do
  shown=/run/sysctl/$(basename "$name")
  echo "$value" > "$shown"
  mount --bind "$shown" "/proc/sys/$name"
done <<'SETTINGS'
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
SETTINGS

while :; do
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    sh -c 'echo $$ > /run/containerd.pid; exec containerd --config "$1"' sh "$1/containerd.toml" || true
done
