import { describe, expect, it } from "vitest";
import { PARSE_LIMITS } from "./json-limits.ts";
import { parseHaltIntent } from "./parse-halt-intent.ts";

const utf8 = new TextEncoder();

/** The same reading from text and from bytes. */
function parse(text: string) {
  const reading = parseHaltIntent(text);
  expect(parseHaltIntent(utf8.encode(text))).toEqual(reading);
  return reading;
}

describe("parseHaltIntent", () => {
  it("reads text and bytes alike", () => {
    expect(parse('{"reason":70,"plan_name":"v6.7-ß-漢-🚀"}')).toMatchObject({
      kind: "intent",
      intent: { reason: 70, plan_name: "v6.7-ß-漢-🚀" },
      defects: [],
    });
    expect(parse(" null\n")).toEqual({ kind: "unavailable" });
  });

  it.each([
    ["nothing", ""],
    ["a leading zero", '{"reason":070}'],
    ["a plus", '{"reason":+70}'],
    ["trailing bytes", '{"reason":70} x'],
    ["two intents", '{"reason":70}{"reason":70}'],
    ["a byte order mark", '\ufeff{"reason":70}'],
    ["an end too soon", '{"reason":70,"info":"'],
    ["an escape too soon", '{"reason":70,"info":"\\'],
    ["an escape that is none", '{"reason":70,"\\x":1}'],
    ["a bare word", '{"reason":NaN}'],
  ])("is damaged by %s", (_, text) => {
    expect(parse(text)).toEqual({ kind: "damaged", defects: [{ field: "", problem: "not JSON" }] });
  });

  it.each(["70.0", "7e1", "700e-1", '"70"'])("reads the reason %s as 70", (reason) => {
    expect(parse(`{"reason":${reason}}`)).toMatchObject({
      kind: "intent",
      intent: { reason: 70 },
      defects: [],
    });
  });

  it("takes the last of several values, as Go does", () => {
    expect(parse(String.raw`{"reason":71,"height":5,"heigh\u0074":6,"reason" : 70}`)).toMatchObject({
      kind: "intent",
      intent: { reason: 70, height: 6 },
      defects: [],
    });
  });

  it("drops texts with bytes that are no UTF-8 and keeps the rest", () => {
    const bytes = utf8
      .encode('{"reason":70,"plan_name":"v6.7","info":"~","x":"~"}')
      .map((b) => (b === 126 ? 0xff : b));
    const reading = parseHaltIntent(bytes);
    expect(reading).toEqual({
      kind: "intent",
      intent: { reason: 70, plan_name: "v6.7" },
      defects: [
        { field: "", problem: "not UTF-8" },
        { field: "info", problem: "not UTF-8" },
      ],
    });
  });

  it("keeps the texts that are whole beside one that is not, whatever they are written in", () => {
    const head = utf8.encode(String.raw`{"reason":85,"plan_name":"ß\u00e9🚀","info":"`);
    const bytes = Uint8Array.of(...head, 0xed, 0xa0, 0x80, ...utf8.encode('"}'));
    expect(parseHaltIntent(bytes)).toMatchObject({
      intent: { reason: 85, plan_name: "ßé🚀" },
      unrecognised: "operator",
      defects: [{ field: "" }, { field: "info" }],
    });
  });

  it("reads a body of its full length that is hardly any UTF-8", () => {
    const body = utf8.encode(`{"reason":70,"x":"${"~".repeat(PARSE_LIMITS.length - 20)}"}`);
    expect(body).toHaveLength(PARSE_LIMITS.length);
    const bytes = body.map((byte) => (byte === 126 ? 0xff : byte));
    expect(parseHaltIntent(bytes)).toMatchObject({ kind: "intent", intent: { reason: 70 } });
  });

  it("reads a real U+FFFD", () => {
    expect(parse('{"reason":70,"info":"\ufffd"}')).toMatchObject({ intent: { info: "\ufffd" }, defects: [] });
  });

  it("is damaged by bytes that are no UTF-8 outside of texts", () => {
    expect(parseHaltIntent(Uint8Array.of(0xff, 0xfe)).kind).toBe("damaged");
  });

  it("reads up to its length and not a byte more", () => {
    const room = PARSE_LIMITS.length - '{"reason":70,"info":""}'.length;
    expect(parse(`{"reason":70,"info":"${"x".repeat(room)}"}`).kind).toBe("intent");
    expect(parse(`{"reason":70,"info":"${"x".repeat(room + 1)}"}`).kind).toBe("damaged");
    expect(parse(`{"reason":70,"info":"${"é".repeat(room / 2 + 1)}"}`).kind).toBe("damaged");
  });

  it("reads nesting as deep as Go does and not a level more", () => {
    const nested = (levels: number) => `{"reason":70,"x":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    expect(parse(nested(PARSE_LIMITS.brackets - 1)).kind).toBe("intent");
    expect(parse(nested(PARSE_LIMITS.brackets)).kind).toBe("damaged");
  });

  it("counts no brackets and commas inside of texts", () => {
    const text = JSON.stringify({ reason: 70, info: `[{,"\\`.repeat(PARSE_LIMITS.commas) });
    expect(parse(text).kind).toBe("intent");
  });

  it("refuses more commas or brackets than an intent has", () => {
    const wide = (commas: number) => `{"reason":70,"x":[${"0,".repeat(commas - 1)}0]}`;
    expect(parse(wide(PARSE_LIMITS.commas)).kind).toBe("intent");
    expect(parse(wide(PARSE_LIMITS.commas + 1)).kind).toBe("damaged");
    expect(parse(`{"reason":70,${'"x":[],'.repeat(PARSE_LIMITS.brackets)}"y":0}`).kind).toBe("damaged");
  });

  it.each([undefined, null, 70, {}, [], new ArrayBuffer(2)])("is damaged by %s", (input) => {
    expect(parseHaltIntent(input as unknown as string).kind).toBe("damaged");
  });
});
