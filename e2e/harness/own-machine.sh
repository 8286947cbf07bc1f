# Read by what boots a machine in namespaces of its own: hides what this machine keeps, and makes the group that the
# process is in look like a machine's own, in each hierarchy of cgroups version 1.
mount --make-rprivate /
for folder in /run /var/lib /var/log; do mount -t tmpfs tmpfs "$folder"; done

mount -t tmpfs tmpfs /sys/fs/cgroup
while IFS=: read -r _ controllers _; do
  case $controllers in
    "") continue ;;
    name=*) options=none,$controllers ;;
    *) options=$controllers ;;
  esac
  hierarchy=/sys/fs/cgroup/${controllers#name=}
  mkdir "$hierarchy"
  mount -t cgroup -o "$options" cgroup "$hierarchy"
  for controller in $(echo "$controllers" | tr , ' '); do
    [ -e "/sys/fs/cgroup/${controller#name=}" ] || ln -s "$hierarchy" "/sys/fs/cgroup/$controller"
  done
done < /proc/self/cgroup
