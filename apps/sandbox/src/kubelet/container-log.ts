import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const MESSAGE_BYTES = 2048;
const MESSAGE_LINES = 80;

/**
 * The termination message that FallbackToLogsOnError takes from a log file: its last 80 lines, at most 2048 bytes
 * (kubernetes pkg/kubelet/kuberuntime, readLastStringFromContainerLogs).
 */
export function lastLogLines(file: string): string {
  const tail = readTail(file, MESSAGE_BYTES).toString("utf8");
  const lines = tail.split("\n");
  const isCut = lines.length > MESSAGE_LINES + 1;
  return isCut ? lines.slice(-(MESSAGE_LINES + 1)).join("\n") : tail;
}

function readTail(file: string, bytes: number): Buffer {
  const descriptor = openSync(file, "r");
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, bytes));
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return buffer;
  } finally {
    closeSync(descriptor);
  }
}
