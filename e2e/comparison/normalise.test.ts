import { expect, test } from "vitest";
import { differencesBetween } from "./differences.ts";
import { normalise } from "./normalise.ts";

const answer = (body: unknown, status = 200) => ({ status, type: "application/json", body });

test("takes out uids, times, versions and managedFields, and keeps that they are there", () => {
  const metadata = {
    uid: "5dbb7a9c-2a52-4a5b-9f70-1d2f3a4b5c6d",
    resourceVersion: "12",
    creationTimestamp: "2026-01-01T00:00:00Z",
    managedFields: [{}],
    name: "one",
  };
  expect(normalise(answer({ metadata })).body).toEqual({
    metadata: {
      uid: "<uid>",
      resourceVersion: "<resourceVersion>",
      creationTimestamp: "<creationTimestamp>",
      name: "one",
    },
  });
});

test("takes out what a step ignores, through lists too", () => {
  const body = { items: [{ a: 1, b: 2 }, { a: 3 }], message: "x" };
  expect(normalise(answer(body), ["items.*.a", "message", "not.there"]).body).toEqual({
    items: [{ b: 2 }, {}],
  });
});

test("leaves the answer itself as it was", () => {
  const given = answer({ metadata: { resourceVersion: "1" } });
  normalise(given, ["metadata"]);
  expect(given.body).toEqual({ metadata: { resourceVersion: "1" } });
});

test("differences are told leaf by leaf, with both sides", () => {
  expect(
    differencesBetween(answer({ a: { b: 1 }, c: [1, 2] }), answer({ a: { b: 2 }, c: [1] }, 404)),
  ).toEqual([
    { path: "status", real: 200, embedded: 404 },
    { path: "body.a.b", real: 1, embedded: 2 },
    { path: "body.c.1", real: 2, embedded: undefined },
  ]);
});
