import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { until } from "@upgrade-halt/testing";
import { expect, it } from "vitest";

it("ends the processes and removes the folders of a process that was killed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sandbox-lifeline-"));
  const program = join(folder, "holder.ts");
  writeFileSync(
    program,
    `import { spawn } from "node:child_process";
     import { Lifeline } from ${JSON.stringify(join(import.meta.dirname, "lifeline.ts"))};
     const lifeline = new Lifeline([${JSON.stringify(folder)}]);
     const child = spawn("sleep", ["600"], { detached: true, stdio: "ignore" });
     lifeline.hold(child.pid);
     console.log(child.pid);
     setInterval(() => undefined, 1000);`,
  );
  const holder = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: holder.stdout }), "line");
  const child = Number(line);
  expect(isAlive(child)).toBe(true);
  holder.kill("SIGKILL");
  await until("the lifeline to act", () => !isAlive(child) && !existsSync(folder));
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
