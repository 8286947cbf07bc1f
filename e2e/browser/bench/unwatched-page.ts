import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProgram } from "@upgrade-halt/testing";
import type { CDPSession } from "playwright-core";
import type { Cleanup } from "../../harness/cleanup.ts";

/** Sends a command of the Chrome DevTools Protocol to the page; resolves with its result. */
export type Send = CDPSession["send"];

/** A page that is looked at now and then. */
export interface UnwatchedPage {
  /** Attaches to the page while `look` runs, and leaves it alone again. */
  look<T>(look: (send: Send) => Promise<T>): Promise<T>;
}

const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"],
  ...[
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--remote-debugging-port=0",
  ],
  // Frames are drawn as fast as they can be, not sixty a second: a virtual hour has as many as a real one in less time.
  ...["--disable-frame-rate-limit", "--disable-gpu-vsync", "--window-size=1280,720"],
];

/**
 * Opens an address in Debian's Chromium. Playwright would stay attached, and the browser would keep a record of every
 * answer that the page got for as long: memory that no user's page needs.
 */
export async function openUnwatched(cleanup: Cleanup, address: string): Promise<UnwatchedPage> {
  const profile = await mkdtemp(join(tmpdir(), "upgrade-halt-chromium-"));
  cleanup.add(() => rm(profile, { recursive: true, force: true, maxRetries: 5 }));
  const args = [...FLAGS, `--user-data-dir=${profile}`, address];
  const chromium = await startProgram("chromium", "/usr/bin/chromium", args, {
    ready: (program) => portOf(program.output()),
  });
  cleanup.add(() => chromium.stop());
  const targets = `http://127.0.0.1:${portOf(chromium.output())}/json/list`;
  return {
    async look(look) {
      const pages = (await (await fetch(targets)).json()) as readonly Target[];
      const page = pages.find(({ type }) => type === "page");
      const socket = new WebSocket(page?.webSocketDebuggerUrl ?? "");
      try {
        return await look(await senderOf(socket));
      } finally {
        socket.close();
      }
    },
  };
}

interface Target {
  readonly type: string;
  readonly webSocketDebuggerUrl: string;
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

function portOf(output: string): string | undefined {
  return /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(output)?.[1];
}

async function senderOf(socket: WebSocket): Promise<Send> {
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("the page can't be looked at")));
  });
  let last = 0;
  const send = (method: string, params: object = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      last += 1;
      const id = last;
      const onMessage = ({ data }: MessageEvent): void => {
        const answer = JSON.parse(String(data)) as Answer;
        if (answer.id !== id) return;
        socket.removeEventListener("message", onMessage);
        if (answer.error === undefined) resolve(answer.result);
        else reject(new Error(`${method}: ${answer.error.message}`));
      };
      socket.addEventListener("message", onMessage);
      socket.send(JSON.stringify({ id, method, params }));
    });
  return send as Send;
}
