import { type Program, startProgram, until } from "@upgrade-halt/testing";
import { expect, onTestFinished, test } from "vitest";
import { INSPECTED, profileDuring } from "./inspector.ts";

const BUSY = `
function busy() {
  const words = Array.from({ length: 50000 }, (_, i) => String(i)).sort();
  console.log(words.length);
}
setInterval(busy, 1);`;

test("a running program is profiled while work is done", async () => {
  const ready = ({ lines }: Program) => lines().length > 0;
  const program = await startProgram("busy", process.execPath, ["-e", BUSY], { env: INSPECTED, ready });
  onTestFinished(async () => void (await program.stop()));
  const turns = program.lines().length + 10;
  const { nodes, samples } = await profileDuring(program, () =>
    until("ten turns", () => program.lines().length >= turns),
  );
  expect(nodes.map(({ callFrame }) => callFrame.functionName)).toContain("busy");
  expect(samples.length).toBeGreaterThan(10);
});

test("a program without an inspector is said to have none", async () => {
  const program = await startProgram("plain", process.execPath, ["-e", "setInterval(() => {}, 1e9)"]);
  onTestFinished(async () => void (await program.stop()));
  await expect(profileDuring(program, async () => {})).rejects.toThrow("plain does not say where");
});
