import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { exitCode } from "@upgrade-halt/contract";
import { commandsIn, filesIn } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import dockerStates from "../adapters/fixtures/docker-states.json" with { type: "json" };
import podmanStates from "../adapters/fixtures/podman-states.json" with { type: "json" };
import pods from "../adapters/fixtures/pods.json" with { type: "json" };
import { HALT_REASONS } from "../halt-reasons.ts";
import { type HttpNode, nodeAnswering } from "../testing/http-node.ts";

const SOURCES = join(import.meta.dirname, "..");
const GUIDES = join(SOURCES, "..", "..", "..", "docs", "guides");
const DOCUMENTED_NODE = "http://127.0.0.1:26657";

let folder: string;
let node: HttpNode;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "upgrade-halt-guides-"));
  node = await nodeAnswering({ sync_info: { latest_block_height: "31" } });
  writeFileSync(join(folder, "pod.json"), JSON.stringify(pods["halted and kept down by a restart rule"]));
  writeFileSync(join(folder, "docker.json"), JSON.stringify([{ State: dockerStates.halted }]));
  const stopped = { ...podmanStates.halted, ExitCode: 70 };
  writeFileSync(join(folder, "podman.json"), JSON.stringify([{ State: stopped }]));
  writeFileSync(join(folder, "halt-line"), 'UPGRADE "v6.7" NEEDED at height: 240000000: \n');
});

afterAll(async () => {
  await node[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/**
 * Runs a line of a guide in a shell whose cluster, engine and init system are stand-ins: this suite needs Node alone, and
 * what is under test is what `upgrade-halt` makes of their words, which are recorded. `systemctl` runs for real in
 * `test:systemd`, `kubectl` in `test:kubelet`, `docker` in `test:docker` and `podman` in `test:podman`, where every line of those
 * guides is run again.
 */
async function runLine(command: string): Promise<string> {
  const child = spawn("bash", ["-c", `exec 2>&1; ${command.replaceAll(DOCUMENTED_NODE, node.url)}`], {
    cwd: folder,
    env: {
      PATH: `${join(SOURCES, "testing", "stand-ins")}:${process.env.PATH}`,
      STAND_IN_NODE: process.execPath,
      STAND_IN_MAIN: join(SOURCES, "main.ts"),
      STAND_IN_FIXTURES: folder,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return (await text(child.stdout)).replaceAll(node.url, DOCUMENTED_NODE);
}

describe.each(readdirSync(GUIDES))("%s", (name) => {
  const guide = readFileSync(join(GUIDES, name), "utf8");

  beforeAll(() => {
    for (const [file, content] of filesIn(guide)) writeFileSync(join(folder, file), content);
  });

  test.each(commandsIn(guide))("$ $command", async ({ command, output }) => {
    expect(await runLine(command)).toBe(output);
  });

  test("names the exit codes as the contract has them", () => {
    const codes = HALT_REASONS.map(exitCode);
    for (const [, listed = ""] of guide.matchAll(/(?:values: \[|RestartPreventExitStatus=)([\d, ]+)/g)) {
      expect(listed.match(/\d+/g)?.map(Number)).toEqual(codes);
    }
  });
});
