import { expect, it } from "vitest";
import * as contract from "./index.ts";
import * as vectors from "./vectors.ts";

it("exports these names and no other", () => {
  expect(Object.keys(contract).sort()).toEqual([
    "ContractError",
    "HALT_INTENT_FIELD",
    "HaltIntentSchema",
    "PARSE_LIMITS",
    "ReservedRange",
    "ShutdownReason",
    "announcedAtNow",
    "compareAnnouncedAt",
    "decodeHaltIntent",
    "encodeHaltIntent",
    "exitCode",
    "haltIntentOfStatus",
    "parseExitCode",
    "parseHaltIntent",
    "parseReasonToken",
    "reasonToken",
    "statusWithHaltIntent",
    "withoutMangledTexts",
  ]);
});

it("exports these names as vectors and no other", () => {
  expect(Object.keys(vectors).sort()).toEqual([
    "bodyOf",
    "codeVectors",
    "decodeVectors",
    "encodeVectors",
    "statusVectors",
    "textOf",
  ]);
});
