import type { CDPSession, Page } from "playwright-core";

/** An event of a trace, as Chromium writes it; times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  readonly ts: number;
  readonly dur?: number;
}

const CATEGORIES = [
  "devtools.timeline",
  "disabled-by-default-devtools.timeline.frame",
  "devtools.timeline.frame",
];

/** What Chromium traces of a page while work is done, and each of the page's frames asks for the next and differs from the last. */
export async function traceOf(page: Page, work: () => Promise<void>): Promise<readonly TraceEvent[]> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) => {
    events.push(...(value as unknown as readonly TraceEvent[]));
  });
  const complete = new Promise<void>((resolve) => session.once("Tracing.tracingComplete", () => resolve()));
  await page.evaluate(() => {
    // Chromium draws no frame that is as the last one was: this dot is in sight, and another in each.
    const dot = document.body.appendChild(document.createElement("div"));
    Object.assign(dot.style, { position: "fixed", inset: "0 auto auto 0", width: "4px", height: "4px" });
    const next = (now: number): void => {
      dot.style.background = `hsl(${Math.round(now) % 360} 100% 50%)`;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: CATEGORIES },
  });
  await work();
  await session.send("Tracing.end");
  await complete;
  await session.detach();
  return events;
}

/** How many frames were drawn each second, from the first to the last. */
export function framesASecond(events: readonly TraceEvent[]): number {
  const drawn = events.filter(({ name }) => name === "DrawFrame").map(({ ts }) => ts);
  const micros = Math.max(...drawn) - Math.min(...drawn);
  return ((drawn.length - 1) / micros) * 1_000_000;
}
