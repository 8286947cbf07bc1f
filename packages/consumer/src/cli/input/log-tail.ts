import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { type LogOptions, readLastRun } from "../../log/find-plan-lines.ts";
import { KEPT } from "./tail.ts";

/** A node that lived on after its halt line, or panicked with a long trace, wrote more than the first of these after it. */
const LENGTHS = [KEPT, 1 << 20, 1 << 24] as const;
const LINE_FEED = 10;

/**
 * The end of a log file: its last 64 KiB, and where these have neither a halt line nor the begin of the last run, as much more as has
 * that begin, 16 MiB at most. What is older than the 64 KiB counts only with that begin: it may be of another run. Nothing of a file
 * that was written last before `startedAt`. Throws where it is no file: a pipe, which nothing may ever be written to, has no end.
 */
export async function readLogTail(path: string, options: LogOptions = {}): Promise<string> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const found = await file.stat();
  if (!found.isFile()) throw Object.assign(new Error("no file"), { code: "it is no file" });
  const { size, mtimeMs } = found;
  if (options.startedAt !== undefined && mtimeMs < options.startedAt) return "";
  const near = await endOf(file, size, KEPT);
  if (readLastRun(near, options).planLines.length > 0) return near;
  for (const [index, length] of LENGTHS.entries()) {
    const text = index === 0 ? near : await endOf(file, size, length);
    if (readLastRun(text, options).isWhole) return text;
    if (size <= length) break;
  }
  return near;
}

/** From the begin of a line on: what is left of a line that was cut could pass for another. */
async function endOf(file: FileHandle, size: number, length: number): Promise<string> {
  const start = Math.max(0, size - length);
  const buffer = Buffer.alloc(size - start);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
  const bytes = buffer.subarray(0, bytesRead);
  if (start === 0) return bytes.toString();
  const end = bytes.indexOf(LINE_FEED);
  return end < 0 ? "" : bytes.subarray(end + 1).toString();
}
