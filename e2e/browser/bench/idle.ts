import { setTimeout as delay } from "node:timers/promises";
import { until } from "@upgrade-halt/testing";
import type { Row } from "../../bench/controller/report.ts";
import { serve } from "../../harness/served-page.ts";
import type { Options } from "./options.ts";
import type { Place } from "./place.ts";
import { cpuSecondsOf, memoryOf, treeOf } from "./processes.ts";

/** What a sandbox needs while nothing happens and no page is open. */
export async function benchIdle(
  { cleanup, progress }: Place,
  { running, seconds }: Options,
): Promise<readonly Row[]> {
  progress(`starting a sandbox of ${running} nodes`);
  const served = await serve({ cleanup, flags: ["--nodes", String(running)] });
  await until(
    "every node to run",
    async () =>
      (await served.state()).nodes.filter(({ isReady, height }) => isReady && height > 0).length === running,
    { within: 300_000 },
  );
  progress(`measuring it for ${seconds} s`);
  await delay(seconds * 1000);
  const pids = treeOf(served.program.pid);
  const before = cpuSecondsOf(pids);
  await delay(seconds * 1000);
  const cores = (cpuSecondsOf(pids) - before) / seconds;
  const part = `A sandbox of ${running} nodes, idle`;
  const gigabytes = memoryOf(pids) / 1024 ** 3;
  return [
    {
      ...{ part, what: `memory (PSS) of its ${pids.length} processes`, value: gigabytes, unit: "GB" },
      target: { of: "value", atMost: 1.5 },
    },
    { part, what: "CPU", value: cores, unit: "cores", target: { of: "value", atMost: 1 } },
  ];
}
