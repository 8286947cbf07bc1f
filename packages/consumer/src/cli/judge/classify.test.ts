import { expect, test } from "vitest";
import pods from "../../adapters/fixtures/pods.json" with { type: "json" };
import { runCli } from "../../testing/cli.ts";

const halted = pods["halted and kept down by a restart rule"];
const exited = (fields: object) => ({
  process: { kind: "ended", end: { kind: "exited", code: 70 }, ...fields },
});

test("reads a BOM, and bytes that are no UTF-8 in a log", async () => {
  const stdin = `\ufeff${JSON.stringify(exited({ log: "\ufffd" }))}`;
  expect((await runCli(["classify"], { stdin })).code).toBe(0);
});

test("reads times with an offset and a fraction, as evidence has them", async () => {
  const stdin = JSON.stringify(exited({ startedAt: "2026-08-21T19:59:41.123456789+02:00", endedAt: 1 }));
  expect((await runCli(["classify"], { stdin })).code).toBe(0);
});

// What does not fit, and what of the one sentence tells where.
test.each<[string[], unknown, number, RegExp]>([
  [["--from", "pod", "--container", "sied"], halted, 64, /--container: the pod's status has hold, seid\.$/],
  [
    ["--from", "pod"],
    { kind: "List", items: [halted, halted] },
    1,
    /is a list of 2 objects: give one Pod\.$/,
  ],
  [
    [],
    { apiVersion: "v1", kind: "PodList", items: [] },
    1,
    /the pod .*is a list of 0 objects: give one Pod\.$/,
  ],
  [["--from", "pod"], { kind: "List", items: [{ kind: "StatefulSet" }] }, 1, /kind: is not Pod/],
  [["--from", "pod"], { kind: "List", items: [null] }, 1, /the pod does not fit/],
  [["--from", "pod"], { kind: "StatefulSet" }, 1, /kind: is not Pod/],
  [[], { apiVersion: "apps/v1", kind: "StatefulSet" }, 1, /the pod .*kind: is not Pod/],
  [[], [{ State: {} }, { State: {} }], 1, /is not one container: inspect one at a time\.$/],
  [["--from", "docker"], [{ State: {} }, { State: {} }], 1, /is not one container: inspect one at a time\.$/],
  [["--from", "docker"], [], 1, /is not one container/],
  [["--from", "docker"], [{ State: { ExitCode: "70" } }], 1, /0\.State\.ExitCode: /],
  [[], { process: { kind: "ended", end: { kind: "exited", code: 700 } } }, 1, /process\.end\.code: /],
  [[], { process: { kind: "gone" } }, 1, /process\.kind: /],
  [[], exited({ startedAt: "5" }), 1, /process\.startedAt: is neither milliseconds nor RFC 3339\.$/],
  [[], { listed: [{ planName: "v6.7", hieght: 30 }] }, 1, /listed\.0: .*hieght/],
  [[], "x".repeat(17 * 1024 * 1024), 1, /longer than 16 MiB\.$/],
])("what does not fit is told in one sentence: %#", async (args, document, expected, sentence) => {
  const { code, stdout, stderr } = await runCli(["classify", ...args], { stdin: JSON.stringify(document) });
  expect(code).toBe(expected);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^upgrade-halt: [^\n]+\.\n$/);
  expect(stderr.trimEnd()).toMatch(sentence);
});

test.each(["List", "PodList"])("takes a %s of one pod for that pod", async (kind) => {
  const one = await runCli(["classify", "--container", "seid"], {
    stdin: JSON.stringify({ apiVersion: "v1", kind: "Pod", ...halted }),
  });
  const listed = await runCli(["classify", "--container", "seid"], {
    stdin: JSON.stringify({ apiVersion: "v1", kind, items: [halted] }),
  });
  expect(listed).toEqual(one);
  expect(listed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^halted: upgrade_required/) });
});

test.each([
  ["docker inspect", [{ Id: "5e1d", State: { Status: "exited", ExitCode: 70 }, Config: {} }]],
  ["one container of it", { Id: "5e1d", State: { Status: "exited", ExitCode: 70 } }],
])("sees that it is given %s, as it sees a pod", async (_, document) => {
  const stdin = JSON.stringify(document);
  const { code, stdout } = await runCli(["classify"], { stdin });
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^halted: upgrade_required/) });
  expect(stdout).toBe((await runCli(["classify", "--from", "docker"], { stdin })).stdout);
});
