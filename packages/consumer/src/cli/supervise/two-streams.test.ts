import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startCommand } from "../../testing/command.ts";

const MAIN = join(import.meta.dirname, "..", "..", "main.ts");
const TEXT = "wrong app version 0, upgrade handler is missing for v9 upgrade plan";
/** As much as the pipes of both, and what is read of them, do not hold. */
const NODE = `yes "1:00PM INF executed block module=state" | head -c 180000
echo; echo "1:00PM ERR ${TEXT} module=x/upgrade"; echo "1:00PM INF stopped module=x"
echo "Error: error during handshake: ${TEXT}" >&2; exit 1`;

test.skipIf(process.platform !== "linux")(
  "announces a halt of a node whose standard output is read later than its last error",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-streams-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    // Where the pipes hold less than usual the node waits for its reader, and so must not be waited for.
    const reader = "(for _ in {1..60}; do grep -q handshake err && break; sleep 0.05; done; cat > out)";
    const exec = `"$0" "$1" exec --announce --rpc http://127.0.0.1:1 -- sh -c "$2" 2> err`;
    const script = `${exec} | ${reader}; exit "\${PIPESTATUS[0]}"`;
    const shell = spawn("bash", ["-c", script, process.execPath, MAIN, NODE], { cwd: folder });
    expect(await once(shell, "close")).toEqual([72, null]);
  },
);

/** Another process begins without a word of it, in the same pipes. */
const REPLACED = `shown() { until grep -q "$1" "$2"; do sleep 0.05; done; }
echo "Error: error during handshake: ${TEXT}" >&2; shown handshake err
echo again; shown again out
echo "1:00PM ERR Stopping peer for error module=p2p"; exit 1`;

test("announces no halt of a process that another one followed on the other stream", async () => {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-streams-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const script = `"$0" "$1" exec --announce --rpc http://127.0.0.1:1 -- sh -c "$2" > out 2> err`;
  const shell = spawn("sh", ["-c", script, process.execPath, MAIN, REPLACED], { cwd: folder });
  expect(await once(shell, "close")).toEqual([1, null]);
});

test("reads a halt line whatever the clock was set to since the node began", async () => {
  const record = JSON.stringify({ level: "error", time: "2001-01-01T00:00:00Z", message: TEXT });
  const node = startCommand(["exec", "--json", "--", "sh", "-c", `echo '${record}'; exit 72`]);
  const { stderr } = await node.ended;
  expect(JSON.parse(stderr)).toMatchObject({ verdict: { corroborated: true, plan: "v9" } });
});
