import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeAnswering } from "../../testing/http-node.ts";
import { parseIni } from "../ini.ts";
import { folderName, readCosmovisor } from "./cosmovisor.ts";
import { readContainer } from "./engine.ts";
import { nodeBelow, processListeningAt, processOfHome } from "./find-node.ts";
import { readFinish } from "./finish-script.ts";
import { locateNode } from "./locate.ts";
import { homeOfNode, rpcInConfig } from "./node-home.ts";
import { outputOf } from "./output.ts";
import { readPm2 } from "./pm2.ts";
import { parentsOf } from "./process-table.ts";
import { readUnit } from "./systemd.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-doctor-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, content: string, mode = 0o644): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  await chmod(file, mode);
  return file;
}

/** A PATH on which this program answers with this text alone. */
async function onlyWith(program: string, text: string, code = 0): Promise<Record<string, string>> {
  await write("answer", text);
  await write(`bin/${program}`, `#!/bin/sh\n/bin/cat '${folder}/answer'\nexit ${code}\n`, 0o755);
  return { PATH: join(folder, "bin") };
}

const SHOWN = `Restart=always
RestartPreventExitStatus=70 71 72
RestartForceExitStatus=
SuccessExitStatus=143 SIGTERM
ExecStart={ path=/usr/bin/upgrade-halt ; argv[]=/usr/bin/upgrade-halt exec --announce -- /usr/bin/seid start ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
ExecStopPostEx={ path=/bin/true ; argv[]=/bin/true ; flags= ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
ExecStopPostEx={ path=/usr/bin/upgrade-halt ; argv[]=/usr/bin/upgrade-halt systemd-hook --journal ; flags=privileged ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
StandardOutput=journal
StandardError=inherit
LogNamespace=sei
FailureAction=reboot
SuccessAction=none
OnFailure=tell.service seid-again.service
OnSuccess=
UpheldBy=sei.target
RequiredBy=feeder.service sei.target
WantedBy=multi-user.target feeder.service
BoundBy=signer.service
TriggeredBy=seid.timer
Group=sei
SupplementaryGroups=systemd-journal
DynamicUser=no
User=daemon
MainPID=0
Id=seid.service
LoadState=loaded
`;

test("reads a unit as systemctl shows it", async () => {
  const reading = await readUnit("seid", false, await onlyWith("systemctl", SHOWN));
  expect(reading).toMatchObject({
    kind: "unit",
    unit: {
      name: "seid.service",
      mainPid: 0,
      command: ["/usr/bin/upgrade-halt", "exec", "--announce", "--", "/usr/bin/seid", "start"],
      rules: {
        restart: "always",
        prevented: ["70", "71", "72"],
        forced: [],
        success: ["143", "SIGTERM"],
        isAlwaysClean: false,
        afterwards: {
          failureAction: "reboot",
          successAction: "none",
          onFailure: ["tell.service", "seid-again.service"],
          onSuccess: [],
          upheldBy: ["sei.target"],
          pulledInBy: ["feeder.service", "signer.service"],
          triggeredBy: ["seid.timer"],
          startingHooks: [],
        },
      },
      evidence: {
        user: "daemon",
        groups: ["sei", "systemd-journal"],
        output: "journal",
        error: "inherit",
        logNamespace: "sei",
        hook: { journal: true, isPrivileged: true },
        journal: { kind: "missing" },
      },
    },
  });
});

const command = (argv: string) =>
  `{ path=/bin/x ; argv[]=${argv} ; flags= ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }`;

test.each([
  ["/bin/systemctl --no-block restart seid", ["ExecStopPost"]],
  ["/bin/systemctl stop feeder", []],
])("a hook that starts units is told from one that does not: %s", async (argv, startingHooks) => {
  const shown = `${SHOWN}ExecStopPostEx=${command(argv)}\n`;
  const reading = await readUnit("seid", false, await onlyWith("systemctl", shown));
  expect(reading).toMatchObject({ unit: { rules: { afterwards: { startingHooks } } } });
});

test("a unit of a user's own systemd runs as who asks", async () => {
  const env = await onlyWith("systemctl", SHOWN.replace("User=daemon", "User="));
  const userOf = async (isUser: boolean) => {
    const reading = await readUnit("seid", isUser, env);
    return reading.kind === "unit" && reading.unit.evidence.kind === "systemd" && reading.unit.evidence.user;
  };
  expect(await userOf(true)).toBe(userInfo().username);
  expect(await userOf(false)).toBeUndefined();
});

test("of a unit that was changed since systemd read it, nothing is known", async () => {
  const shown = `${SHOWN}NeedDaemonReload=yes\n`;
  const reading = await readUnit("seid", false, await onlyWith("systemctl", shown));
  expect(reading).toMatchObject({
    unit: { rules: { kind: "unseen", instead: expect.stringContaining("daemon-reload") } },
  });
});

test("takes what follows a shell's -c for one script, as systemd shows it without quotes", async () => {
  const script = "set -e ; exec seid start >> /log 2>&1";
  const shown = SHOWN.replace("-- /usr/bin/seid start", `-- /bin/sh -c ${script}`);
  const reading = await readUnit("seid", false, await onlyWith("systemctl", shown));
  expect(reading).toMatchObject({ unit: { command: expect.arrayContaining(["/bin/sh", "-c", script]) } });
});

test("takes what follows the -c of su for one script, too", async () => {
  const shown = SHOWN.replace(
    /argv\[\]=.*? ; ignore/,
    "argv[]=/bin/su sei -c /usr/bin/seid start || true ; ignore",
  );
  const reading = await readUnit("seid", false, await onlyWith("systemctl", shown));
  expect(reading).toMatchObject({
    unit: { command: ["/bin/su", "sei", "-c", "/usr/bin/seid start || true"] },
  });
});

test.each([
  ["a unit that systemd does not know", "LoadState=not-found\n", 0, "the unit seid is not-found"],
  ["a refusal", "", 1, "systemctl show ended with 1: "],
])("says of %s why it was not read", async (_, text, code, why) => {
  expect(await readUnit("seid", false, await onlyWith("systemctl", text, code))).toEqual({
    kind: "none",
    why,
  });
});

test("reads that a command's failure is ignored", async () => {
  const shown = SHOWN.replace("ignore_errors=no", "ignore_errors=yes");
  const reading = await readUnit("seid", false, await onlyWith("systemctl", shown));
  expect(reading).toMatchObject({ unit: { rules: { isAlwaysClean: true } } });
});

test.each([
  ["com.docker.swarm.task.id", "Docker Swarm"],
  ["com.amazonaws.ecs.task-arn", "Amazon ECS"],
  ["com.hashicorp.nomad.alloc_id", "Nomad"],
  ["io.kubernetes.pod.name", "Kubernetes"],
])("believes no restart policy of a container with the label %s", async (label, who) => {
  const HostConfig = { RestartPolicy: { Name: "no" } };
  const inspected = [{ Id: "0123", State: { Pid: 0 }, Config: { Labels: { [label]: "x" } }, HostConfig }];
  const reading = await readContainer("docker", "seid", await onlyWith("docker", JSON.stringify(inspected)));
  expect(reading).toMatchObject({
    container: { rules: { kind: "unseen", why: expect.stringContaining(who) } },
  });
});

test.each([
  [
    "podman",
    { HealthcheckOnFailureAction: "restart" },
    "--health-on-failure=restart has the container ended",
  ],
  ["podman", { HealthcheckOnFailureAction: "kill" }, "--health-on-failure=kill has the container ended"],
  ["docker", { Labels: { autoheal: "true" } }, "its label autoheal has the container ended"],
] as const)(
  "believes no restart policy of a container of %s that is ended once it is unhealthy: %j",
  async (engine, Config, why) => {
    const inspected = [
      { Id: "0123", State: { Pid: 0 }, Config, HostConfig: { RestartPolicy: { Name: "no" } } },
    ];
    const reading = await readContainer(engine, "seid", await onlyWith(engine, JSON.stringify(inspected)));
    expect(reading).toMatchObject({
      container: { rules: { kind: "unseen", why: expect.stringContaining(why) } },
    });
  },
);

test("says that a supervisor's program is not there", async () => {
  const env = { PATH: folder };
  expect(await readUnit("seid", false, env)).toEqual({ kind: "none", why: "systemctl is not on this PATH" });
  expect(await readContainer("docker", "seid", env)).toEqual({
    kind: "none",
    why: "docker is not on this PATH",
  });
  const { rules } = await readPm2("/root/.pm2", { pid: 7, name: "seid", args: [] }, env);
  expect(rules).toMatchObject({ kind: "unseen", why: "pm2 is not on this PATH" });
});

test("reads a container as docker inspect has it", async () => {
  const HostConfig = {
    RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 },
    LogConfig: { Type: "local" },
    AutoRemove: false,
  };
  const inspected = [{ Id: "0123", Path: "tini", Args: ["--", "seid"], State: { Pid: 42 }, HostConfig }];
  const reading = await readContainer("docker", "seid", await onlyWith("docker", JSON.stringify(inspected)));
  expect(reading).toMatchObject({
    kind: "container",
    container: {
      id: "0123",
      pid: 42,
      command: ["tini", "--", "seid"],
      rules: { policy: "on-failure", maximum: 3 },
      evidence: { driver: "local", isRemoved: false },
    },
  });
});

test("reads which unit starts a container of Podman", async () => {
  const Config = { Labels: { PODMAN_SYSTEMD_UNIT: "container-seid.service" } };
  const inspected = [{ Id: "0123", State: { Pid: 0 }, Config, HostConfig: { RestartPolicy: { Name: "" } } }];
  const reading = await readContainer("podman", "seid", await onlyWith("podman", JSON.stringify(inspected)));
  expect(reading).toMatchObject({ container: { unit: "container-seid.service" } });
});

test("takes no process of this machine for that of a container elsewhere", async () => {
  const inspected = [{ Id: "0123456789abcdef", State: { Pid: process.pid }, HostConfig: {} }];
  const env = await onlyWith("docker", JSON.stringify(inspected));
  const { node, process: found } = await locateNode({ container: "seid" }, env);
  expect(node).toEqual({ kind: "out-of-sight", name: "The container seid" });
  expect(found).toBeUndefined();
});

test.each(["", "{}", "[]", '[{"Id":1}]', "no json"])("takes %j for no container", async (text) => {
  const reading = await readContainer("podman", "seid", await onlyWith("podman", text));
  expect(reading).toEqual({ kind: "none", why: "podman inspect gave something else than one container" });
});

test("reads what pm2 lists of the process", async () => {
  const log = await write("seid.log", "");
  const env = {
    autorestart: true,
    stop_exit_codes: [70, 71, 72],
    pm_out_log_path: log,
    pm_err_log_path: log,
  };
  const path = await onlyWith("pm2", `news of pm2\n${JSON.stringify([{ pid: 7, pm2_env: env }])}`);
  const { rules, evidence } = await readPm2("/root/.pm2", { pid: 7, name: "seid", args: [] }, path);
  expect(rules).toEqual({ kind: "pm2", autorestart: true, stopExitCodes: [70, 71, 72], startedBy: [] });
  expect(evidence).toEqual({ kind: "output", goesTo: { kind: "file", path: log } });
});

test.each<[object, readonly string[]]>([
  [{ cron_restart: "0 4 * * *", watch: ["/etc/seid"] }, ["cron_restart", "watch"]],
  [{ cron_restart: 0, watch: false }, []],
  [{ cron_restart: "0", watch: [] }, []],
])("reads of pm2 what starts a stopped process: %j", async (pm2_env, startedBy) => {
  const path = await onlyWith("pm2", JSON.stringify([{ pid: 7, pm2_env }]));
  const { rules } = await readPm2("/root/.pm2", { pid: 7, name: "seid", args: [] }, path);
  expect(rules).toMatchObject({ kind: "pm2", startedBy });
});

test("reads a finish that can be executed, and says which cannot", async () => {
  expect(readFinish("s6", folder)).toEqual({ kind: "finish", of: "s6", script: undefined });
  await write("finish", "exit 125", 0o755);
  expect(readFinish("s6", folder)).toEqual({ kind: "finish", of: "s6", script: "exit 125" });
  await chmod(join(folder, "finish"), 0o644);
  expect(readFinish("s6", folder)).toMatchObject({ kind: "unseen" });
});

test("reads an INI file as supervisord does", () => {
  const ini = parseIni(
    "; c\n[program:seid]\nCommand = seid start ; comment\nexitcodes=0,70,\n  71,72\n# c\nautorestart:true\n[a]\n",
  );
  const program = ini.get("program:seid");
  expect([...(program ?? [])]).toEqual([
    ["command", "seid start"],
    ["exitcodes", "0,70, 71,72"],
    ["autorestart", "true"],
  ]);
});

test.each([
  ["v6.7", false, "v6.7"],
  ["Canis Major", false, "canis%20major"],
  ["Canis Major", true, "Canis%20Major"],
  ["a/../b", false, "a%2F..%2Fb"],
  ["v1+x@y(z)", false, "v1+x@y%28z%29"],
  ["Größe", false, "gr%C3%B6%C3%9Fe"],
])("cosmovisor's folder of %s, keeping the case: %s", (plan, keepsCase, name) => {
  expect(folderName(plan, keepsCase)).toBe(name);
});

test("looks for the binaries of cosmovisor's plans", async () => {
  await write("cosmovisor/genesis/bin/seid", "", 0o755);
  await write("cosmovisor/upgrades/v2/bin/seid", "", 0o755);
  await write("cosmovisor/upgrades/v3/bin/seid", "", 0o644);
  await symlink(join(folder, "nowhere"), join(folder, "cosmovisor", "upgrades", "v4"));
  const place = { home: folder, program: "seid", mayDownload: false, keepsCase: false };
  const facts = await readCosmovisor(place, ["V2", "v3", "v4"]);
  expect(facts.hasCurrent).toBe(true);
  expect(facts.upgrades.map(({ state }) => state)).toEqual(["ready", "not-executable", "missing"]);
  expect((await readCosmovisor({ ...place, program: "other" }, [])).hasCurrent).toBe(false);
});

test("finds a node's home and its RPC address", async () => {
  expect(homeOfNode({ pid: 1, name: "seid", cwd: "/srv", args: ["seid", "start", "--home", "/x"] })).toBe(
    "/x",
  );
  expect(homeOfNode({ pid: 1, name: "seid", cwd: "/srv", args: ["seid", "start", "--home=/y"] })).toBe("/y");
  expect(homeOfNode({ pid: 1, name: "seid", cwd: "/srv", args: ["seid"] })).toBeUndefined();
  expect(homeOfNode({ pid: 1, name: "seid", cwd: "/srv", args: ["seid", "--home", "z"] })).toBe("/srv/z");
  expect(rpcInConfig(folder)).toBeUndefined();
  await write(
    "config/config.toml",
    '[p2p]\nladdr = "tcp://0.0.0.0:26656"\n[rpc]\ncors = []\nladdr = "tcp://0.0.0.0:26667"\n[x]\n',
  );
  expect(rpcInConfig(folder)).toBe("http://127.0.0.1:26667");
});

test.runIf(process.platform === "linux")(
  "finds who listens, who has a home open, and what is below a shell",
  async () => {
    await using node = await nodeAnswering({});
    expect(processListeningAt(new URL(node.url))?.pid).toBe(process.pid);
    expect(processListeningAt(new URL("http://192.0.2.1:80"))).toBeUndefined();
    await mkdir(join(folder, "data"));
    const script = `exec 3> '${folder}/data/LOCK'; /bin/sleep 60 2>/dev/null & wait`;
    // A group of its own: the end of the test ends what the shell started, too.
    const child = spawn("/bin/sh", ["-c", script], { stdio: "ignore", detached: true });
    const shell = { pid: child.pid ?? 0, name: "sh", args: ["sh"] };
    try {
      const sleep = await until("the shell to start sleep", () => {
        const below = nodeBelow(shell);
        return below.args[0] === "/bin/sleep" ? below : undefined;
      });
      expect([shell.pid, sleep.pid]).toContain(processOfHome(folder)?.pid);
      expect(
        parentsOf(sleep.pid)
          .map(({ pid }) => pid)
          .slice(0, 2),
      ).toEqual([shell.pid, process.pid]);
      expect(outputOf(sleep.pid)).toEqual({ kind: "null" });
      expect(outputOf(0)).toMatchObject({ kind: "unseen" });
    } finally {
      process.kill(-shell.pid, "SIGKILL");
      await once(child, "close");
    }
  },
);
