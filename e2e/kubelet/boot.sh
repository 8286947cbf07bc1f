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

# In a network of its own: the bridge that its pods are on, with the address of the cluster's API server.
if [ -z "$(ip link show lo up)" ]; then
  ip link set lo up
  ip link add pods type bridge
  ip link set pods up
  ip addr add 10.77.0.1/16 dev pods
  ip addr add 10.0.0.1/32 dev pods
fi

while :; do
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    sh -c 'echo $$ > /run/containerd.pid; exec containerd --config "$1"' sh "$1/containerd.toml" || true
done
