import { expect, test } from "vitest";
import { haltWith } from "../testing/observations.ts";
import { isJournal, journalName, namesAgain } from "./journal-name.ts";

const halt = { podName: "sei-0-0", podUID: "uid-1", container: "seid", reason: "upgrade_required" };

test("the same halt has the same name, one that a person can read", () => {
  expect(journalName(halt)).toBe(journalName({ ...halt }));
  expect(journalName(halt)).toMatch(/^sei-0-0-upgrade-required-[0-9a-f]{12}$/);
});

test.each([{ podUID: "uid-2" }, { container: "other" }, { reason: "binary_too_new" }, { run: 1 }])(
  "another for %j",
  (other) => {
    expect(journalName({ ...halt, ...other })).not.toBe(journalName(halt));
  },
);

test("fits a Kubernetes name whatever it is made of", () => {
  const name = journalName({ ...halt, podName: "p".repeat(253), reason: "Ä/..".repeat(40) });
  expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
  expect(name.length).toBeLessThanOrEqual(253);
});

test("a journal has one of the names that the controller gives it, and a copy has not", () => {
  const { metadata, spec } = haltWith({ restartCount: 2 });
  const { podName, podUID, container, reason } = spec;
  const identity = { podName, podUID, container, reason };
  const names = [journalName(identity), journalName({ ...identity, run: 2 }), ...namesAgain(spec)];
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(isJournal({ metadata: { ...metadata, name }, spec })).toBe(true);
  for (const name of ["copy", `${names[0]}0`, journalName({ ...identity, run: 1 })])
    expect(isJournal({ metadata: { ...metadata, name }, spec })).toBe(false);
});
