import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

const SCRIPT = `
  import { runSeeded } from ${JSON.stringify(new URL("./run-seeded.ts", import.meta.url).href)};
  const usage = { command: "kill", does: "kills", size: "kills", defaultSize: 9 };
  await runSeeded(usage, async ({ seed, size }) => {
    console.log(\`\${Number.isSafeInteger(seed)} \${size}\`);
    return 3;
  });
`;
const play = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module-typescript", "-", ...args],
    { encoding: "utf8", input: SCRIPT },
  );
  return { status, stdout, stderr };
};

it("plays what the command line says, and ends with the run's code", () => {
  expect(play("--kills", "4")).toEqual({ status: 3, stdout: "true 4\n", stderr: "" });
});

it("explains itself on stdout and ends well", () => {
  expect(play("--help")).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("--kills N"),
    stderr: "",
  });
});

it("refuses on stderr what it can't read", () => {
  expect(play("--kills", "many")).toEqual({
    status: 64,
    stdout: "",
    stderr: 'kill: --kills is "many": give a whole number of at least 1 (see --help)\n',
  });
});
