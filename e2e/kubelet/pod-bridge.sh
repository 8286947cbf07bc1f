#!/bin/sh
# A CNI plugin that gives each pod an address on the node's bridge, which `boot.sh` makes: pods reach each other and the node.
set -eu
case $CNI_COMMAND in
  VERSION) echo '{"cniVersion":"0.4.0","supportedVersions":["0.3.1","0.4.0"]}' ;;
  ADD)
    pod=$(flock /run/pods.lock sh -c 'echo x >> /run/pods; wc -l < /run/pods')
    address=10.77.$((pod / 250 + 1)).$((pod % 250 + 1))
    {
      ip link add "pod$pod" type veth peer name "$CNI_IFNAME" netns "${CNI_NETNS##*/}"
      ip link set "pod$pod" master pods up
      nsenter --net="$CNI_NETNS" ip link set lo up
      nsenter --net="$CNI_NETNS" ip addr add "$address/16" dev "$CNI_IFNAME"
      nsenter --net="$CNI_NETNS" ip link set "$CNI_IFNAME" up
      nsenter --net="$CNI_NETNS" ip route add default via 10.77.0.1
    } >&2
    cat <<RESULT
{"cniVersion":"0.4.0",
 "interfaces":[{"name":"$CNI_IFNAME","sandbox":"$CNI_NETNS"}],
 "ips":[{"version":"4","address":"$address/16","gateway":"10.77.0.1","interface":0}]}
RESULT
    ;;
esac
