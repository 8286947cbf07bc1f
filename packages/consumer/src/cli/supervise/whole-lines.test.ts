import { expect, test } from "vitest";
import { KEPT } from "../input/tail.ts";
import { WholeLines } from "./whole-lines.ts";

/** Two streams that are written down in one place. */
function twoStreams() {
  let text = "";
  const give = (bytes: Uint8Array) => {
    text += Buffer.from(bytes).toString();
  };
  const [out, err] = [new WholeLines(give), new WholeLines(give)];
  return { out, err, text: () => text };
}

test("a line that comes in pieces is one line, whatever another stream writes meanwhile", () => {
  const { out, err, text } = twoStreams();
  out.push(Buffer.from("first\nsec"));
  err.push(Buffer.from("warn\nin"));
  out.push(Buffer.from("o"));
  err.push(Buffer.from("g\n"));
  out.push(Buffer.from("nd\nthird\nopen"));
  expect(text()).toBe("first\nwarn\ning\nsecond\nthird\n");
  out.flush();
  err.flush();
  expect(text()).toBe("first\nwarn\ning\nsecond\nthird\nopen\n");
});

test("of a line that is too long the rest is no line", () => {
  const { out, text } = twoStreams();
  for (const piece of ["x".repeat(KEPT - 1), "yz", "forged", " still\nnext\n", "last"])
    out.push(Buffer.from(piece));
  expect(text()).toBe(`${"x".repeat(KEPT - 1)}y\nnext\n`);
  out.push(Buffer.from("x".repeat(2 * KEPT)));
  out.flush();
  out.push(Buffer.from("a\n"));
  expect(text()).toBe(`${"x".repeat(KEPT - 1)}y\nnext\nlast${"x".repeat(KEPT - 4)}\na\n`);
});

test("keeps bytes of its own", () => {
  const { out, text } = twoStreams();
  const bytes = Buffer.from("line");
  out.push(bytes);
  bytes.write("else");
  out.push(Buffer.from("\n"));
  expect(text()).toBe("line\n");
});
