import { expect, test } from "vitest";
import { TimedRead } from "./timed-read.ts";

/** A file whose readings end when they are told to. */
function slowFile() {
  const open: ((content: string) => void)[] = [];
  const file = new TimedRead(() => new Promise<string>((resolve) => open.push(resolve)), 50);
  return { file, open };
}

const LATE = { code: "no answer within 0.05 seconds" };

test("a reading that hangs is given up, and joined by no other", async () => {
  const { file, open } = slowFile();
  await expect(file.read()).rejects.toMatchObject(LATE);
  await expect(file.read()).rejects.toMatchObject(LATE);
  expect(open).toHaveLength(1);
});

test("once the disk answers the file is read again", async () => {
  const { file, open } = slowFile();
  await expect(file.read()).rejects.toMatchObject(LATE);
  open[0]?.("old");
  await new Promise<void>((resolve) => setImmediate(resolve));
  const read = file.read();
  open[1]?.("new");
  expect(await read).toBe("new");
});

test("what is asked for while another reading goes on is read after that", async () => {
  const { file, open } = slowFile();
  const [first, second] = [file.read(), file.read()];
  open[0]?.("old");
  expect(await first).toBe("old");
  open[1]?.("new");
  expect(await second).toBe("new");
});
