import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { filesIn, until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyProgram } from "../docker/runtime-files.ts";
import { archiveImages } from "../harness/image-archive.ts";
import { bootMachine, type Machine, TREE_INSIDE, whyNoMachine } from "../systemd/machine.ts";
import { whyNoPodman } from "./machine.ts";

const TREE = join(import.meta.dirname, "../..");
const GUIDE = readFileSync(join(TREE, "docs/guides/podman.md"), "utf8");
const DROP_IN = filesIn(GUIDE).get("halt.conf") ?? "";
const IMAGE = "registry.example.org/shell:v1";

const reason = whyNoMachine() ?? whyNoPodman();

describe.skipIf(reason !== undefined)(
  `a unit of podman generate systemd on a real systemd${reason ? ` (${reason})` : ""}`,
  () => {
    /** In the tree, which is all that the machine sees of this one. */
    let folder: string;
    let machine: Machine;

    beforeAll(async () => {
      mkdirSync(join(TREE, "e2e/test-results"), { recursive: true });
      folder = mkdtempSync(join(TREE, "e2e/test-results/podman-"));
      copyProgram(join(folder, "root"), "/bin/sh");
      copyProgram(join(folder, "root"), "/bin/sleep");
      const archive = archiveImages(folder, join(folder, "root"), { [IMAGE]: { Env: ["PATH=/bin"] } });
      machine = await bootMachine();
      await must("mkdir -p /var/tmp /run/count");
      await must(`podman load --quiet --input '${archive.replace(TREE, TREE_INSIDE)}'`);
    });

    afterAll(async () => {
      await machine?.[Symbol.asyncDispose]();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    async function must(script: string): Promise<string> {
      const { code, output } = await machine.sh(script);
      if (code !== 0) throw new Error(`${script}: ${output}`);
      return output.trim();
    }

    /** Makes the unit of a node that ends so, as the guide says, with this drop-in, and starts it. */
    async function start(name: string, ending: string, dropIn = DROP_IN): Promise<void> {
      const unit = `container-${name}.service`;
      const script = `echo started >> /count/${name}; ${ending}`;
      // This machine's kernel lets nobody make rules for devices in cgroups of version 2: the container gets no group of its own.
      await must(
        `cd /run/systemd/system; podman create --name ${name} --network none --volume /run/count:/count ${IMAGE} sh -c '${script}'
podman generate systemd --new --name --files ${name}; podman rm ${name}; sed -i s/no-conmon/disabled/ ${unit}; mkdir ${unit}.d`,
      );
      await must(`cat > /run/systemd/system/${unit}.d/halt.conf <<'END'\n${dropIn}\nRestartSec=10ms\nEND`);
      await must(`systemctl daemon-reload; systemctl start ${unit} || true`);
    }

    const show = (name: string, property: string) =>
      must(`systemctl show container-${name} --property=${property} --value`);

    const becomes = (name: string, state: string) =>
      until(`${name} to be ${state}`, async () => (await show(name, "ActiveState")) === state, {
        explain: () => must(`systemctl status container-${name} --no-pager -n 20 || true`),
      });

    test.each([70, 71, 72])("%i stays down, and systemd keeps the code", async (code) => {
      await start(`halts-${code}`, `exit ${code}`);
      await becomes(`halts-${code}`, "failed");
      expect(await show(`halts-${code}`, "ExecMainStatus")).toBe(String(code));
      expect(await must(`cat /run/count/halts-${code}`)).toBe("started");
    });

    test.each([
      ["2", "exit 2"],
      ["SIGKILL", `sh -c "kill -KILL \\$\\$"; exit $?`],
    ])("a node that ends with %s is started again", async (end, ending) => {
      const name = `crashes-${end.toLowerCase()}`;
      await start(name, ending);
      const starts = async () => (await must(`cat /run/count/${name}`)).split("\n").length;
      await until("the third start", async () => (await starts()) >= 3);
      await must(`systemctl stop container-${name}`);
    });

    test("without the drop-in's line a halt is started again", async () => {
      await start("careless", "exit 70", DROP_IN.replace(/RestartPrevent.*/, ""));
      const starts = async () => (await must("cat /run/count/careless")).split("\n").length;
      await until("the third start", async () => (await starts()) >= 3);
      await must("systemctl stop container-careless");
    });

    test("doctor finds the unit behind the container, and whether it holds", async () => {
      await start("held", "exec sleep 1000");
      await start("loose", "exec sleep 1000", DROP_IN.replace(/RestartPrevent.*/, ""));
      const doctor = async (name: string) => {
        const command = `${TREE_INSIDE}/node_modules/node/bin/node ${TREE_INSIDE}/packages/consumer/bin/upgrade-halt.js`;
        const pid = await must(`podman inspect ${name} --format '{{.State.Pid}}'`);
        return (await machine.sh(`${command} doctor --pid ${pid}`)).output;
      };
      await becomes("held", "active");
      await becomes("loose", "active");
      const held = await doctor("held");
      expect(held).toContain("ok    supervisor: systemd (container-held.service) supervises it.");
      expect(held).toMatch(
        /^ok {4}halt: 70, 71 and 72 would stay down under systemd \(container-held\.service\)/m,
      );
      expect(await doctor("loose")).toMatch(
        /^TO DO halt: 70, 71 and 72 would be started again by systemd \(container-loose\.service\)/m,
      );
    });
  },
);
