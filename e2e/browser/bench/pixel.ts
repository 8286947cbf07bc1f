import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "playwright-core";
import type { Row } from "../../bench/controller/report.ts";
import { quantile } from "../../bench/controller/samples.ts";
import { apiIsReady, connect } from "../../harness/api.ts";
import type { Cleanup } from "../../harness/cleanup.ts";
import { createPhantom, setPhantomState, terminated } from "../../harness/fixtures/phantom-pods.ts";
import { installController } from "../../harness/install.ts";
import { createPolicy } from "../../harness/operator.ts";
import { startBin } from "../../harness/programs.ts";
import { serve } from "../../harness/served-page.ts";
import { openTestbed, type Testbed } from "../../harness/testbed.ts";
import { open, startBrowser } from "../page.ts";
import type { Options } from "./options.ts";
import type { Place } from "./place.ts";
import { framesASecond, traceOf } from "./trace.ts";

/** Between two changes at the API server while frames are counted. */
const CHANGE_EVERY_MS = 20;

/** From a pod's change at the API server to the frame that shows it, on a page over many nodes; and frames a second. */
export async function benchPixel(
  { cleanup, progress }: Place,
  { nodes, events, seconds }: Options,
): Promise<readonly Row[]> {
  progress(`making ${nodes} nodes`);
  const { testbed, kubeconfig } = await startCluster(cleanup);
  const names = Array.from({ length: nodes }, (_, index) => `sei-${index}`);
  const nth = (count: number): string => names[(count * 37) % nodes] ?? "";
  const run = (name: string, restartCount: number) =>
    setPhantomState(testbed, name, { state: { running: { startedAt: new Date() } }, restartCount });
  for (const name of names) await createPhantom(testbed, name);
  for (const name of names) await run(name, 0);
  const served = await serve({
    cleanup,
    flags: ["--kubeconfig", kubeconfig, "--namespace", testbed.namespace],
  });
  const page = await open(await startBrowser(cleanup), served.address);
  await page
    .locator(".node")
    .nth(nodes - 1)
    .waitFor();
  const delays: number[] = [];
  for (let event = 0; event < events; event += 1) {
    progress(`timing events: ${event}`);
    const seen = nextFrameShowing(page, nth(event));
    const sent = Date.now();
    await setPhantomState(testbed, nth(event), { state: terminated(100 + event) });
    delays.push((await seen) - sent);
  }
  progress(`counting frames for ${seconds} s`);
  const trace = await traceOf(page, async () => {
    const end = Date.now() + seconds * 1000;
    for (let count = 1; Date.now() < end; count += 1) {
      // Ends and starts: each is told in the journal, and drawn on the node's line.
      if (count % 2 === 0) await run(nth(count - 1), count);
      else await setPhantomState(testbed, nth(count), { state: terminated(count) });
      await delay(CHANGE_EVERY_MS);
    }
  });
  const part = `The page at ${nodes} nodes`;
  const timed = `event at the API server -> pixel, of ${events}`;
  return [
    { part, what: `${timed}: p50`, value: quantile(delays, 0.5), unit: "ms" },
    {
      ...{ part, what: `${timed}: p95`, value: quantile(delays, 0.95), unit: "ms" },
      target: { of: "value", atMost: 100 },
    },
    {
      ...{ part, what: "frames drawn, by a trace", value: framesASecond(trace), unit: "/s" },
      target: { of: "value", atLeast: 30 },
    },
  ];
}

/** A cluster of its own, with the controller's kinds and a policy, and no controller. */
async function startCluster(
  cleanup: Cleanup,
): Promise<{ readonly testbed: Testbed; readonly kubeconfig: string }> {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-bench-sandbox-"));
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  const kubeconfig = join(folder, "kubeconfig");
  const cluster = await startBin("sandbox", ["cluster", "--kubeconfig-out", kubeconfig], {
    ready: () => apiIsReady(kubeconfig),
    within: 60_000,
  });
  cleanup.add(() => cluster.stop());
  const api = connect(kubeconfig);
  await installController(api, cleanup);
  const testbed = await openTestbed(api);
  cleanup.add(() => testbed.cleanup.run());
  await createPolicy(testbed);
  return { testbed, kubeconfig };
}

/** When the frame after the node's standing changed began, by the machine's clock. */
function nextFrameShowing(page: Page, node: string): Promise<number> {
  return page.evaluate(
    (name) =>
      new Promise<number>((resolve) => {
        const row = document.querySelector(`[data-node="${name}"]`) as Element;
        const observer = new MutationObserver(() => {
          observer.disconnect();
          requestAnimationFrame(() => {
            // The frame is drawn when this callback has returned: the message comes after it.
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => resolve(Date.now());
            port2.postMessage(0);
          });
        });
        observer.observe(row, { subtree: true, characterData: true, childList: true, attributes: true });
      }),
    node,
  );
}
