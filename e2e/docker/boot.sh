#!/bin/sh
# Turns the namespaces that it is started in into a machine, and becomes its Docker Engine: `boot.sh FOLDER`, which gets the
# engine's socket. Whatever is mounted or written elsewhere is gone with the namespaces.
set -eu
. "$(dirname "$0")/../harness/own-machine.sh"
ip link set lo up
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  dockerd --host "unix://$1/docker.sock" --bridge none --iptables=false --ip-forward=false --oom-score-adjust 0
