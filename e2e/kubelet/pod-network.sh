#!/bin/sh
# A CNI plugin that gives each pod a loopback of its own and nothing else: pods here talk to nobody.
case $CNI_COMMAND in
  VERSION) echo '{"cniVersion":"0.4.0","supportedVersions":["0.3.1","0.4.0"]}' ;;
  ADD)
    nsenter --net="$CNI_NETNS" ip link set lo up
    cat <<RESULT
{"cniVersion":"0.4.0",
 "interfaces":[{"name":"$CNI_IFNAME","sandbox":"$CNI_NETNS"}],
 "ips":[{"version":"4","address":"127.0.0.1/8","interface":0}]}
RESULT
    ;;
esac
