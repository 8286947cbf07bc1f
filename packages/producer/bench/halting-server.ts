/**
 * An HTTP server that halts for 70 as soon as it listens. Prints, as one JSON line, what one fsync cost just before,
 * and the monotonic clock (ms) at the decision, at the durable artifacts, at the publication and at the end of the shutdown.
 */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { ShutdownReason } from "@upgrade-halt/contract";
import { createHaltHolder, fileArtifact, gracefulHalt, guardExitCode, printLine } from "../src/index.ts";

const [, , folder = "."] = process.argv;
const info = Buffer.from('{"name":"v6.7","height":240000000,"info":"{\\"upgradeType\\":\\"major\\"}"}');
const clock = (): number => Number(process.hrtime.bigint()) / 1e6;

function costOfOneSync(): number {
  const file = openSync(join(folder, "probe"), "w");
  writeSync(file, info);
  const before = clock();
  fsyncSync(file);
  const cost = clock() - before;
  closeSync(file);
  return cost;
}

const holder = createHaltHolder(Date.now);
guardExitCode(process, holder);
const server = createServer((_request, response) => response.end("{}"));
server.listen(0, "127.0.0.1", () => {
  const fsync = costOfOneSync();
  const times = { decided: clock(), durable: 0, published: 0, stopped: 0 };
  void gracefulHalt({
    reason: ShutdownReason.UpgradeRequired,
    plan: { name: "v6.7", height: 240_000_000, info: "" },
    holder,
    artifacts: () => [fileArtifact({ path: join(folder, "upgrade-info.json"), bytes: info, mode: 0o600 })],
    mode: { kind: "exit" },
    log: () => {},
    print: () => printLine(2, 'UPGRADE "v6.7" NEEDED at height: 240000000: '),
    shutdown: { consensus: [], servers: [{ name: "server", stop: () => void server.close() }] },
    onStep: (step) => {
      if (step === "artifacts-durable") times.durable = clock();
      if (step === "published") times.published = clock();
      if (step === "servers-stopped") times.stopped = clock();
    },
    onProblem: (message) => printLine(2, message),
    exit: (code) => {
      printLine(1, JSON.stringify({ fsync, ...times }));
      process.exit(code);
    },
  });
});
