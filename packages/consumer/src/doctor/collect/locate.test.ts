import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../../testing/cli.ts";
import { childrenOf, readProcess } from "./process-table.ts";

let folder: string;
let main: ChildProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-doctor-"));
});
afterEach(async () => {
  if (main !== undefined) {
    process.kill(-(main.pid ?? 0), "SIGKILL");
    await once(main, "close");
    main = undefined;
  }
  await rm(folder, { recursive: true });
});

/** Starts a process that shows this command line and does this, as the unit's own. */
async function runs(command: string, does = "process.stdin.resume()"): Promise<number> {
  const [argv0 = "", ...args] = command.split(" ");
  main = spawn(process.execPath, ["-e", does, "--", ...args], { argv0, detached: true });
  const pid = main.pid ?? 0;
  await until("the process to show its command line", () => readProcess(pid)?.args[0] === argv0);
  return pid;
}

/** What doctor says of a unit with this command and the guide's RestartPreventExitStatus=. */
async function told(command: string, mainPid: number): Promise<string> {
  const shown = `Id=sei.service
LoadState=loaded
MainPID=${mainPid}
Restart=always
RestartPreventExitStatus=70 71 72
FailureAction=none
SuccessAction=none
StandardOutput=journal
StandardError=inherit
ExecStart={ path=/x ; argv[]=${command} ; ignore_errors=no ; }
ExecStopPostEx={ path=/usr/bin/upgrade-halt ; argv[]=/usr/bin/upgrade-halt systemd-hook --journal ; flags= ; }`;
  await writeFile(join(folder, "systemctl"), `#!/bin/sh\n/bin/cat <<'END'\n${shown}\nEND\n`, { mode: 0o755 });
  await writeFile(join(folder, "journalctl"), "#!/bin/sh\n", { mode: 0o755 });
  const args = ["doctor", "--unit", "sei", "--rpc", "http://127.0.0.1:1"];
  return (await runCli(args, { env: { PATH: folder } })).stdout;
}

const HIDING = [
  "/usr/bin/docker run --restart=always --name sei sei:v6.6",
  "/usr/bin/docker compose -f /srv/compose.yml up",
  "/usr/bin/docker-compose up",
  "/usr/bin/podman kube play sei.yaml",
];
const HANDING_ON = ["/usr/bin/docker start -a sei", "/usr/bin/docker run --rm --name sei sei:v6.6"];

describe.runIf(process.platform === "linux")("a unit around an engine's client", () => {
  test.each(HIDING)("is to be changed while it runs %s, and while it is down", async (command) => {
    for (const pid of [await runs(command), 0]) {
      const words = await told(command, pid);
      expect(words).toMatch(/^TO DO halt: 70, 71 and 72 would not reach systemd \(sei\.service\) through/m);
      expect(words).toMatch(/^TO DO between: .* Ask again with --container/m);
      expect(words).not.toMatch(/^ok +evidence/m);
    }
  });

  test.each(HANDING_ON)("may hold with %s", async (command) => {
    const [running, down] = [await told(command, await runs(command)), await told(command, 0)];
    expect(down).toMatch(/^\? +halt: 70, 71 and 72 would stay down under systemd .* as far as docker/m);
    for (const words of [running, down]) {
      expect(words).toMatch(/^\? +between: .* Ask again with --container sei\. /m);
      expect(words).not.toMatch(/^ok +halt/m);
    }
  });

  test("is no process of the node", async () => {
    const words = await told("/usr/bin/start-sei", await runs("docker start -a sei"));
    expect(words).toMatch(/^\? +process: The node is in a container behind docker start, found by the unit/m);
    expect(words).not.toContain("and not the node");
  });
});

test("of a unit that is down a shell's redirection is told", async () => {
  const words = await told("/bin/sh -c exec seid start >> /var/log/seid.log 2>&1", 0);
  expect(words).toMatch(
    /^TO DO evidence: The node's output goes to \/var\/log\/seid\.log, and the hook looks in the journal\./m,
  );
});

test.runIf(process.platform === "linux").each([
  ["always", /^TO DO halt: 70, 71 and 72 would be started again by Podman/m],
  ["no", /^ok +halt: 70, 71 and 72 would stay down under systemd \(sei\.service\)/m],
])("of a unit behind Podman's monitor a restart policy comes first: %s", async (policy, halt) => {
  const HostConfig = { RestartPolicy: { Name: policy } };
  const inspected = JSON.stringify([{ Id: "01", State: { Pid: 0 }, HostConfig }]);
  await writeFile(join(folder, "podman"), `#!/bin/sh\necho '${inspected}'\n`, { mode: 0o755 });
  const conmon = await runs("conmon -c 01", 'require("node:child_process").spawn("sleep", ["600"])');
  await until("the container's process", () => childrenOf(conmon).some(({ args }) => args[0] === "sleep"));
  const words = await told("/usr/bin/podman run --rm --sdnotify=conmon -d sei", conmon);
  expect(words).toMatch(/^ok +process: The node is process \d+ \(sleep 600\)/m);
  expect(words).toMatch(halt);
});
