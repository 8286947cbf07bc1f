import { expect, test } from "vitest";
import type { ProcessFacts } from "./process.ts";
import { type Groups, type Supervisor, supervisionOf } from "./supervisor.ts";

let pid = 100;
function parent(command: string, cwd?: string): ProcessFacts {
  const args = command.split(" ");
  pid -= 1;
  return { pid, name: (args[0] ?? "").replace(/^.*\//, "").slice(0, 15), args, cwd };
}

const SYSTEMD = parent("/sbin/init");
const INIT: ProcessFacts = {
  ...SYSTEMD,
  pid: 1,
  name: "systemd",
  args: ["/lib/systemd/systemd", "--system"],
};
const PM2: ProcessFacts = {
  pid: 5,
  name: "PM2 v7.0.4: God",
  args: ["PM2 v7.0.4: God Daemon (/root/.pm2)", ""],
};

const CASES: readonly [string, readonly ProcessFacts[], Groups, Supervisor][] = [
  [
    "systemd",
    [INIT],
    "0::/system.slice/seid.service",
    { kind: "systemd", unit: "seid.service", isUser: false },
  ],
  [
    "systemd that was started as Debian starts it",
    [{ ...SYSTEMD, pid: 1, name: "systemd" }],
    "0::/system.slice/seid.service",
    { kind: "systemd", unit: "seid.service", isUser: false },
  ],
  [
    "no supervisor in the scope of another engine",
    [INIT],
    "0::/system.slice/nerdctl-0123.scope",
    { kind: "unseen", parents: ["systemd"] },
  ],
  [
    "the scope of systemd-run",
    [INIT],
    "0::/system.slice/run-r0123.scope",
    { kind: "nobody", session: "run-r0123.scope" },
  ],
  [
    "no unit of this machine where a container has a systemd of its own",
    [{ ...SYSTEMD, name: "systemd" }, parent("lxc-start -n sei"), INIT],
    "0::/lxc.payload.sei/system.slice/seid.service",
    { kind: "unseen", parents: ["systemd", "lxc-start", "systemd"] },
  ],
  [
    "no unit of this machine's user either",
    [parent("/lib/systemd/systemd --user"), { ...SYSTEMD, name: "systemd" }, INIT],
    "0::/lxc.payload.sei/user.slice/user-1000.slice/user@1000.service/app.slice/seid.service",
    { kind: "unseen", parents: ["systemd", "systemd", "systemd"] },
  ],
  [
    "systemd with cgroups of version 1",
    [INIT],
    "9:name=systemd:/system.slice/seid@1.service\n1:cpu:/",
    { kind: "systemd", unit: "seid@1.service", isUser: false },
  ],
  [
    "systemd of a user",
    [parent("/lib/systemd/systemd --user"), INIT],
    "0::/user.slice/user-1000.slice/user@1000.service/app.slice/seid.service",
    { kind: "systemd", unit: "seid.service", isUser: true },
  ],
  [
    "a login session",
    [parent("-bash"), parent("sshd: sei"), INIT],
    "0::/user.slice/user-1000.slice/session-3.scope",
    { kind: "nobody", session: "session-3.scope" },
  ],
  [
    "Docker",
    [parent("/usr/bin/containerd-shim-runc-v2 -namespace moby -id 0123456789abcdef -address /run/x"), INIT],
    "0::/system.slice/docker-0123456789abcdef.scope",
    { kind: "docker", container: "0123456789abcdef" },
  ],
  [
    "a kubelet through containerd",
    [parent("/usr/bin/containerd-shim-runc-v2 -namespace k8s.io -id 01 -address /run/x"), INIT],
    "0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-01.scope",
    { kind: "kubelet" },
  ],
  [
    "a kubelet through CRI-O",
    [parent("/usr/bin/conmon -c 01"), INIT],
    "0::/kubepods/besteffort/pod1/01",
    { kind: "kubelet" },
  ],
  [
    "Podman",
    [parent("/usr/bin/conmon --api-version 1 -c 01 -u 01"), INIT],
    "0::/machine.slice/libpod-01.scope",
    { kind: "podman", container: "01" },
  ],
  [
    "supervisord",
    [{ ...parent("python3 -m supervisor.supervisord -c x"), pid: 7 }],
    "",
    { kind: "supervisord", pid: 7 },
  ],
  [
    "supervisord as a script",
    [{ ...parent("/usr/bin/python3 /usr/bin/supervisord -n"), pid: 8 }],
    "",
    { kind: "supervisord", pid: 8 },
  ],
  ["pm2", [PM2], "", { kind: "pm2", home: "/root/.pm2" }],
  [
    "runit",
    [parent("runsv seid", "/etc/sv/seid"), parent("runsvdir /etc/service")],
    "",
    { kind: "runit", folder: "/etc/sv/seid" },
  ],
  ["s6", [parent("s6-supervise seid", "/run/service/seid")], "", { kind: "s6", folder: "/run/service/seid" }],
  [
    "daemontools",
    [parent("supervise seid", "/service/seid")],
    "",
    { kind: "daemontools", folder: "/service/seid" },
  ],
  [
    "OpenRC",
    [parent("supervise-daemon seid --start /usr/bin/seid")],
    "",
    { kind: "by-name", name: "OpenRC" },
  ],
  [
    "circus",
    [parent("/usr/bin/python3 /usr/bin/circusd circus.ini")],
    "",
    { kind: "by-name", name: "circus" },
  ],
  [
    "an unknown supervisor",
    [parent("/opt/nanny start"), parent("/opt/boss")],
    "",
    { kind: "unseen", parents: ["nanny", "boss"] },
  ],
  ["systemd whose unit is not seen", [INIT], "", { kind: "unseen", parents: ["systemd"] }],
  [
    "containerd for something else",
    [parent("/usr/bin/containerd-shim-runc-v2 -namespace other -id 01")],
    "",
    { kind: "unseen", parents: ["containerd-shim-runc-v2"] },
  ],
  ["the first process of a container", [], "0::/", { kind: "unseen", parents: [] }],
  ["a pod's own view", [], "0::/kubepods.slice/pod1", { kind: "kubelet" }],
];

test.each(CASES)("finds %s", (_, parents, groups, supervisor) => {
  expect(supervisionOf(parents, groups).supervisor).toEqual(supervisor);
});

test("names all that stands between, the nearest first", () => {
  const parents = [
    parent("sh /usr/local/bin/start"),
    parent(
      "/usr/bin/node --no-warnings -r /x.cjs /usr/lib/upgrade-halt.js exec --announce --home . --policy=/etc/p.json -- cosmovisor run start",
      "/var/lib/sei",
    ),
    parent("cosmovisor run start"),
    parent("tini -e 70 -e143 -- /start"),
    parent("/opt/wrapper"),
    parent("runsv seid", "/etc/sv/seid"),
  ];
  expect(supervisionOf(parents, "").between).toMatchObject([
    { kind: "shell", name: "sh" },
    {
      kind: "exec",
      announce: true,
      hold: false,
      stayAlive: false,
      home: "/var/lib/sei/.",
      policy: "/etc/p.json",
    },
    { kind: "cosmovisor" },
    { kind: "init", name: "tini", hides: [70, 143] },
    { kind: "unknown", name: "wrapper" },
  ]);
});

test.each(["upgrade-halt-linux-x64", "/opt/upgrade-halt-linux-arm64"])("knows exec as %s", (file) => {
  const [step] = supervisionOf([parent(`${file} exec --announce -- seid start`)], "").between;
  expect(step).toMatchObject({ kind: "exec", announce: true });
});

test("takes options of the node for none of exec's", () => {
  const [step] = supervisionOf([parent("upgrade-halt exec -- seid --hold --home /x")], "").between;
  expect(step).toMatchObject({ kind: "exec", hold: false, home: undefined });
});
