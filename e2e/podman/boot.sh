#!/bin/sh
# Turns the namespaces that it is started in into a machine with Podman: `boot.sh FOLDER`. What Podman stores is in the folder
# `store` beside FOLDER, and is there again when the next machine boots; whatever else is written is gone with the namespaces.
set -eu
. "$(dirname "$0")/../harness/own-machine.sh"
mount -t tmpfs tmpfs /dev/shm
ip link set lo up
mkdir -p /var/lib/containers "$1/../store"
mount --bind "$1/../store" /var/lib/containers
mount -t tmpfs tmpfs /etc/containers
cat > /etc/containers/storage.conf <<'CONF'
[storage]
driver = "overlay"
runroot = "/run/containers/storage"
graphroot = "/var/lib/containers/storage"
CONF
cat > /etc/containers/containers.conf <<'CONF'
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "crun"
[containers]
log_driver = "k8s-file"
netns = "none"
CONF
cat > /etc/containers/policy.json <<'CONF'
{"default": [{"type": "insecureAcceptAnything"}]}
CONF
# Before this, a Podman that is started inside would look into another store.
touch "$1/ready"
# Podman leaves its monitors behind, as orphans that the first process has to reap.
exec catatonit -P
