import { open } from "node:fs/promises";
import { KEPT, Tail } from "./tail.ts";

/** The end of a log file, 64 KiB at least where it has as much. A log of many gigabytes costs no more than a short one. */
export async function readLogTail(path: string): Promise<string> {
  await using file = await open(path);
  const { size } = await file.stat();
  const tail = new Tail(size > KEPT);
  const from = size > KEPT ? { start: size - KEPT } : {};
  for await (const chunk of file.createReadStream({ ...from, autoClose: false })) tail.push(chunk);
  return tail.text();
}
