import { expect, it } from "vitest";
import { decodeProtobuf, ProtobufError } from "./decode.ts";

it("refuses what is no protobuf, or ends too early", () => {
  expect(() => decodeProtobuf(Buffer.from("{}"))).toThrow(ProtobufError);
  expect(() => decodeProtobuf(Buffer.from("k8s\0\n\x7f"))).toThrow("unexpected EOF");
  expect(() => decodeProtobuf(Buffer.from("k8s\0\x0b"))).toThrow("illegal wireType 3");
});

it("knows nothing of a kind that is not in its table", () => {
  const typeMeta = Buffer.concat([Buffer.from([0x12, 7]), Buffer.from("Mystery")]);
  const unknown = Buffer.concat([Buffer.from([0x0a, typeMeta.length]), typeMeta]);
  expect(decodeProtobuf(Buffer.concat([Buffer.from("k8s\0"), unknown]))).toBe(undefined);
});
