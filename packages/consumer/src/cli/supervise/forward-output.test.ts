import { Readable, Writable } from "node:stream";
import { expect, test } from "vitest";
import { forwardOutput } from "./forward-output.ts";

const failing = (code: string) => Object.assign(new Error(`write ${code}`), { code });

/** A stream that writes when it is told to, with a descriptor as a pipe has one or without. */
function slow(fd?: number) {
  const given: Uint8Array[] = [];
  const waiting: (() => void)[] = [];
  const to = new Writable({
    write(chunk: Uint8Array, _, done) {
      given.push(chunk);
      waiting.push(done);
    },
  });
  return {
    to: Object.assign(to, fd === undefined ? {} : { fd }),
    given,
    writeOne: () => waiting.shift()?.(),
  };
}

test("what cannot be written yet stops the reading, until it is written", () => {
  const { to, given, writeOne } = slow(1);
  let isResumed = false;
  const from = new Readable({ read() {} });
  from.resume = () => {
    isResumed = true;
    return from;
  };
  const { take, readFrom } = forwardOutput(to, () => {});
  readFrom(from);
  expect(take(Buffer.from("a line"))).toBe(false);
  expect(given).toEqual([Buffer.from("a line")]);
  expect(isResumed).toBe(false);
  writeOne();
  return new Promise<void>((resolve) => setImmediate(resolve)).then(() => expect(isResumed).toBe(true));
});

test("what another writes meanwhile does not keep the reading stopped", async () => {
  const { to, writeOne } = slow(1);
  const from = new Readable({ read() {} });
  const resumed = new Promise<void>((resolve) => {
    from.resume = () => {
      resolve();
      return from;
    };
  });
  const { take, readFrom } = forwardOutput(to, () => {});
  readFrom(from);
  expect(take(Buffer.from("of the command"))).toBe(false);
  to.write("of the supervisor");
  writeOne();
  await resumed;
});

test("a stream that may keep what it was given gets bytes of its own", () => {
  const { to, given } = slow();
  const { take } = forwardOutput(to, () => {});
  const bytes = Buffer.from("first");
  take(bytes);
  bytes.write("later");
  expect(String(given[0])).toBe("first");
});

test("every byte is shown, and before it is written", () => {
  const { to, given } = slow(1);
  const seen: string[] = [];
  const { take } = forwardOutput(to, (bytes) => seen.push(`${bytes} ${given.length}`));
  take(Buffer.from("a"));
  take(Buffer.from("b"));
  expect(seen).toEqual(["a 0", "b 1"]);
});

test("a reader that is gone ends the reading", async () => {
  const { to } = slow(1);
  const from = new Readable({ read() {} });
  forwardOutput(to, () => {}).readFrom(from);
  to.destroy(failing("EPIPE"));
  await new Promise<void>((resolve) => from.once("close", resolve));
  expect(from.destroyed).toBe(true);
});
