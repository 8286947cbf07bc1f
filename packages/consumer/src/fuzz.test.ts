import { test } from "vitest";
import { fuzzInferred } from "./testing/fuzz-inferred.ts";
import { fuzzBodies, fuzzEvidence } from "./testing/fuzz-round.ts";

const SEED = 20_260_821;

test("a small round of fuzzed evidence breaks no promise", () => fuzzEvidence(SEED, 3_000));

test("a small round of fuzzed bodies breaks no promise", () => fuzzBodies(SEED, 20_000));

test("of a small round of nodes that did not halt, none is taken for halted", () =>
  fuzzInferred(SEED, 5_000));
