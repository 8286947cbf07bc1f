import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, writeKubeconfig } from "@upgrade-halt/testing";
import { afterAll, beforeAll, expect } from "vitest";
import { startBin } from "./harness/programs.ts";
import { proof } from "./harness/proof.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-bad-input-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a program to its end: its exit code and its lines on standard error, of which there should be one. */
function refused(program: Parameters<typeof startBin>[0], ...args: string[]) {
  return refusedIn({}, program, ...args);
}

async function refusedIn(env: NodeJS.ProcessEnv, program: Parameters<typeof startBin>[0], ...args: string[]) {
  const run = await startBin(program, args, { env: { ...process.env, KUBECONFIG: "", ...env } });
  const late = setTimeout(() => run.signal("SIGKILL"), 20_000);
  const { code } = await run.ended;
  clearTimeout(late);
  return { code, lines: run.output().trim().split("\n") };
}

function expectOneSentence(
  { code, lines }: Awaited<ReturnType<typeof refused>>,
  wanted: number,
  says: RegExp,
): void {
  expect({ code, lines }).toEqual({ code: wanted, lines: [expect.stringMatching(says)] });
  expect(lines[0]).not.toMatch(/\n\s+at |Error:/);
}

proof("an unknown flag is one sentence and exit code 64", ["BAD-INPUT"], async () => {
  expectOneSentence(await refused("mini-controller", "run", "--nonsense"), 64, /--nonsense/);
  expectOneSentence(await refused("sandbox", "demo", "--nonsense"), 64, /--nonsense/);
  expectOneSentence(await refused("mock-node", "start", "--home", folder, "--nonsense"), 64, /--nonsense/);
  expectOneSentence(await refused("upgrade-halt", "explain", "70", "--nonsense"), 64, /--nonsense/);
});

proof("a Node that is too old is one sentence with both versions", ["BAD-INPUT"], async () => {
  const inNode = (version: string): NodeJS.ProcessEnv => {
    const pretend = `Object.defineProperty(process,"versions",{value:{...process.versions,node:"${version}"}})`;
    return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(pretend)}` };
  };
  for (const program of ["mini-controller", "sandbox", "mock-node", "upgrade-halt"] as const) {
    for (const old of ["18.0.0", "22.9.0"]) {
      const says = new RegExp(
        `^${program}: needs Node >=22\\.19 and found ${old}; start it with a newer one$`,
      );
      expectOneSentence(await refusedIn(inNode(old), program, "--help"), 1, says);
    }
    for (const recent of ["22.19.0", "30.0.0"]) {
      expect((await refusedIn(inNode(recent), program, "--help")).code).toBe(0);
    }
  }
});

proof("a kubeconfig to nowhere is one sentence and exit code 1", ["BAD-INPUT"], async () => {
  const file = join(folder, "nowhere.kubeconfig");
  await writeKubeconfig(file, { server: `http://127.0.0.1:${await freePort()}` });

  expectOneSentence(await refused("mini-controller", "run", "--kubeconfig", file), 1, /127\.0\.0\.1/);
});

proof("a kubeconfig that isn't there is one sentence that names it", ["BAD-INPUT"], async () => {
  const missing = join(folder, "missing");
  const { code, lines } = await refused("mini-controller", "run", "--kubeconfig", missing);

  expect([1, 64]).toContain(code);
  expect(lines).toEqual([expect.stringContaining(missing)]);
});

proof("an unreadable plans file is one sentence that names it", ["BAD-INPUT"], async () => {
  const plans = join(folder, "plans.json");
  await writeFile(plans, "[{]");
  const listen = ["--rpc.laddr", "tcp://127.0.0.1:0", "--home", join(folder, "home")];
  const run = await refused("mock-node", "start", ...listen, "--plans", plans);

  expect([1, 64]).toContain(run.code);
  expect(run.lines).toEqual([expect.stringContaining(plans)]);
});

proof(
  "a taken port is one sentence that names it, and no cluster is left half-started",
  ["BAD-INPUT"],
  async () => {
    const first = await startBin("sandbox", ["cluster", "--kubeconfig-out", join(folder, "first")], {
      ready: ({ lines }) => lines().length > 0,
    });
    try {
      const port = /:(\d+)$/.exec(first.lines()[0] ?? "")?.[1] ?? "";
      const run = await refused(
        "sandbox",
        "cluster",
        "--port",
        port,
        "--kubeconfig-out",
        join(folder, "second"),
      );
      expectOneSentence(run, 1, new RegExp(port));
    } finally {
      await first.stop();
    }
  },
);
