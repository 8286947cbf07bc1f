import { expect, test } from "vitest";
import { startsUnits } from "./starts-units.ts";

test.each([
  "/bin/systemctl --no-block restart seid",
  "/bin/sh -c sleep 5; systemctl start seid.service",
  "/bin/sh -c systemctl stop feeder && (systemctl try-reload-or-restart seid)",
  "systemctl reload-or-restart seid",
  "systemctl condrestart seid",
  "systemctl enable --now seid",
  "systemctl --user --now enable seid",
  "/usr/bin/systemctl reenable seid --now",
  "systemctl isolate multi-user.target",
  "/usr/sbin/service seid start",
  "busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager StartUnit ss seid.service replace",
  "dbus-send --system --dest=org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager.RestartUnit string:seid.service",
  "supervisorctl -c /etc/supervisord.conf start seid",
  "/usr/bin/docker start seid",
  "podman restart --time 5 seid",
  "docker compose -f /srv/sei.yaml up -d",
  "systemd-run --on-active=5 /usr/bin/seid start",
  "/bin/sh -c sleep 60; reboot",
])("starts something: %s", (commandLine) => {
  expect(startsUnits(commandLine)).toBe(true);
});

test.each([
  "/bin/rm -f /run/started-once",
  "/bin/systemctl stop feeder",
  "systemctl stop restart-notifier",
  "systemctl stop my-restart start@seid.service",
  "systemctl stop feeder; /usr/bin/page-me restart",
  "systemctl enable seid",
  "systemctl disable --now seid",
  "docker stop start-page",
  "/bin/rm -f /run/reboot",
  "/usr/bin/upgrade-halt systemd-hook --journal --on upgrade_required page-me",
])("starts nothing: %s", (commandLine) => {
  expect(startsUnits(commandLine)).toBe(false);
});
