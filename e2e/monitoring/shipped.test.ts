import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { proof } from "../harness/proof.ts";
import { moduleOf, NEWEST, type NewestProgram } from "./newest/programs.ts";
import { type MonitoringProgram, pathOf, RUNS_NEWEST } from "./programs.ts";
import { SHIPPED } from "./shipped.ts";

/** What a program says; one that ends with another code than 0 is an error. */
async function say(program: MonitoringProgram, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(pathOf(program), args, { cwd: SHIPPED });
  return stdout + stderr;
}

proof(
  "the rules pass their checks and their tests, and so does the configuration",
  ["ALERT-RULES-LIVE"],
  async () => {
    const rules = readFileSync(join(SHIPPED, "alert-rules.yaml"), "utf8").match(/^ +- alert: /gm)?.length;
    expect(rules).toBeGreaterThan(5);
    expect(await say("promtool", "check", "rules", "alert-rules.yaml")).toContain(
      `  SUCCESS: ${rules} rules found\n`,
    );
    expect(await say("promtool", "test", "rules", "alert-rules.test.yaml")).toMatch(/SUCCESS/);
    const checked = await say("amtool", "check-config", "alertmanager.yaml");
    expect(checked).toContain(" - 1 inhibit rules\n");
    expect(checked).toContain(" - 2 receivers\n");
  },
);

proof("the programs are of the releases that were asked for", ["ALERT-RULES-LIVE"], async () => {
  for (const program of Object.keys(NEWEST) as NewestProgram[]) {
    const [, version = ""] = /, version (\d+\.\d+\.\d+)\b/.exec(await say(program, "--version")) ?? [];
    if (RUNS_NEWEST) expect(version, program).toBe(moduleOf(program).version);
    else expect(version, program).not.toBe("");
  }
});

proof("the flags that the guide has set are there", ["ALERTS-INHIBITED"], async () => {
  expect(await say("prometheus", "--help")).toContain("--rules.alert.resend-delay=1m");
  // Debian's has no such flag.
  if (RUNS_NEWEST) expect(await say("alertmanager", "--help")).toContain("--dispatch.start-delay=");
});
