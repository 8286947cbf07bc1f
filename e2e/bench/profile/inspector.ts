import { once } from "node:events";
import type { Program } from "@upgrade-halt/testing";
import type { CpuProfile } from "./cpu-profile.ts";

/** What a program of Node is started with to be profiled: an inspector at a free port of loopback. */
export const INSPECTED = { NODE_OPTIONS: "--inspect=127.0.0.1:0" } as const;

/** Microseconds from one sample to the next. */
const INTERVAL_US = 500;

/** Profiles a program that runs `INSPECTED` while `work` is done. */
export async function profileDuring(program: Program, work: () => Promise<unknown>): Promise<CpuProfile> {
  const [, url] = /^Debugger listening on (ws:\S+)$/m.exec(program.output()) ?? [];
  if (url === undefined) throw new Error(`${program.name} does not say where its inspector listens`);
  const socket = new WebSocket(url);
  await once(socket, "open");
  try {
    await ask(socket, 1, "Profiler.enable");
    await ask(socket, 2, "Profiler.setSamplingInterval", { interval: INTERVAL_US });
    await ask(socket, 3, "Profiler.start");
    await work();
    const profile = await ask(socket, 4, "Profiler.stop");
    if (profile === undefined) throw new Error("the inspector gave no profile");
    return profile;
  } finally {
    socket.close();
  }
}

function ask(socket: WebSocket, id: number, method: string, params = {}): Promise<CpuProfile | undefined> {
  return new Promise((resolve, reject) => {
    const over = () => reject(new Error(`the inspector closed before it answered ${method}`));
    socket.addEventListener("close", over);
    const answered = ({ data }: MessageEvent) => {
      const answer = JSON.parse(String(data));
      if (answer.id !== id) return;
      socket.removeEventListener("message", answered);
      socket.removeEventListener("close", over);
      if (answer.error) reject(new Error(`${method}: ${answer.error.message}`));
      else resolve(answer.result.profile);
    };
    socket.addEventListener("message", answered);
    socket.send(JSON.stringify({ id, method, params }));
  });
}
