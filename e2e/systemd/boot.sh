#!/bin/sh
# Turns the namespaces that it is started in into a machine, and becomes its systemd: `boot.sh TREE [writable]`.
# On a writable one packages can be installed: its /usr, /etc and list of packages are over this machine's.
# The first thing is to hide /tmp, /run and /var: systemd cleans them up.
set -eu
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/tree
mount --bind "$1" /mnt/tree
if [ "${2:-}" = writable ]; then
  for folder in usr etc var/lib/dpkg; do
    over=/mnt/over/$(basename "$folder")
    mkdir -p "$over/upper" "$over/work" "$over/merged"
    mount -t overlay overlay -o "lowerdir=/$folder,upperdir=$over/upper,workdir=$over/work" "$over/merged"
  done
  for folder in usr etc; do mount --bind "/mnt/over/$folder/merged" "/$folder"; done
fi
for folder in /tmp /run /var; do mount -t tmpfs tmpfs "$folder"; done
if [ "${2:-}" = writable ]; then
  mkdir -p /var/lib/dpkg
  mount --bind /mnt/over/dpkg/merged /var/lib/dpkg
fi
# The node's own user.
mkdir /run/accounts
cp /etc/passwd /etc/group /run/accounts
echo 'sei:x:988:988::/var/lib/seid:/usr/sbin/nologin' >> /run/accounts/passwd
echo 'sei:x:988:' >> /run/accounts/group
for file in passwd group; do mount --bind "/run/accounts/$file" "/etc/$file"; done
mount -t cgroup2 cgroup2 /sys/fs/cgroup

units=/run/systemd/system
mkdir -p "$units" /var/log/journal /run/bin
cat > "$units/machine.target" <<'UNIT'
[Unit]
Description=The machine under test
Requires=basic.target
After=basic.target
UNIT
# What is there for hardware, for users, or changes settings of the one kernel.
for unit in systemd-udevd.service systemd-udev-trigger.service systemd-udevd-kernel.socket \
  systemd-udevd-control.socket systemd-tmpfiles-setup-dev.service systemd-modules-load.service \
  systemd-sysctl.service systemd-hwdb-update.service systemd-random-seed.service systemd-binfmt.service \
  systemd-machine-id-commit.service systemd-firstboot.service systemd-sysusers.service \
  systemd-update-utmp.service systemd-remount-fs.service dev-hugepages.mount dev-mqueue.mount \
  sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount \
  proc-sys-fs-binfmt_misc.automount swap.target local-fs.target timers.target paths.target; do
  ln -s /dev/null "$units/$unit"
done
# By the name that Debian's kernels start it by.
ln -s /lib/systemd/systemd /run/bin/init
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=unshare /run/bin/init --unit=machine.target
