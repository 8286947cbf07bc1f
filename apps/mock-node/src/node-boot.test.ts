import { join } from "node:path";
import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { commandLine } from "./cli/cli.ts";
import { openHome } from "./home.ts";
import { MockNode } from "./node.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

it("a node that was asked to stop before it could hear of it never listens, and ends with 0", async () => {
  const folder = join(temporaryFolder(), "home");
  const home = openHome(folder);
  onTestFinished(() => {
    home.store.close();
    home.journal.close();
  });
  const exits: number[] = [];
  const start = commandLine(async (options) => {
    const node = new MockNode(options, [], home, {
      log: pino({ enabled: false }),
      stopRequested: AbortSignal.abort(),
      kill: () => {},
      exit: (code) => exits.push(code),
    });
    await node.run();
  });
  await start.parseAsync([
    "node",
    "mock-node",
    "start",
    "--home",
    folder,
    "--rpc.laddr",
    "tcp://127.0.0.1:0",
  ]);
  expect(exits).toEqual([0]);
  expect(home.store.last).toBeUndefined();
});
