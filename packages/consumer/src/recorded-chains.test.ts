import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { classify } from "./classify.ts";
import { toldOfStanding } from "./cli/announce/standing-node.ts";
import type { Evidence, LastSeen, ProcessEnd, StatusSighting } from "./evidence.ts";
import { findPlanLines } from "./log/find-plan-lines.ts";
import { decodeStatus } from "./status/decode-status.ts";

interface Sample {
  readonly name: string;
  readonly flags: readonly string[];
  readonly startedAt: number;
  readonly end?: { readonly code: number | null; readonly signal: string | null; readonly at: number };
  readonly status?: string;
  readonly upgradeInfo?: { readonly text: string; readonly modifiedAt: number };
  readonly output: readonly string[];
}

interface Recording {
  readonly recorded: { readonly program: string; readonly sdk: string };
  readonly plan: { readonly name: string; readonly height: number };
  readonly samples: readonly Sample[];
}

const FOLDER = join(import.meta.dirname, "adapters/fixtures/chains");
const RECORDINGS = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".json"))
  .map((file): Recording => JSON.parse(readFileSync(join(FOLDER, file), "utf8")));

/** What an operator's tool knows of a sample, on the chain and with the upgrade listed. */
function evidenceOf({ startedAt, end, status, upgradeInfo, output }: Sample, { plan }: Recording): Evidence {
  const planLines = findPlanLines(output.join("\n"), { startedAt });
  const at = (end?.at ?? startedAt) + 60_000;
  return {
    process: end
      ? { kind: "ended", end: endOf(end), startedAt, endedAt: end.at, planLines }
      : { kind: "running", startedAt, planLines },
    ...(status ? { status: sighting(status, at), heightStillSince: at - 40_000 } : {}),
    ...(upgradeInfo
      ? { upgradeInfo: { ...JSON.parse(upgradeInfo.text), modifiedAt: upgradeInfo.modifiedAt } }
      : {}),
    chainId: "halting-1",
    listed: [{ planName: plan.name, height: plan.height }],
  };
}

function endOf({ code, signal }: NonNullable<Sample["end"]>): ProcessEnd {
  return signal === null ? { kind: "exited", code: code ?? 0 } : { kind: "signalled", signal };
}

function sighting(body: string, at: number): StatusSighting {
  const decoded = decodeStatus(JSON.parse(body));
  if (decoded.kind !== "status") throw new Error(`the recorded status is a ${decoded.kind}`);
  return { ...decoded, kind: "answered", at };
}

/** What each moment is judged as; a crash that names no plan stays one. */
const VERDICTS: Readonly<Record<string, object>> = {
  "stands at the height": { kind: "halted", reason: 70, inferred: true, corroborated: true },
  "stood at the height, got SIGTERM": { kind: "halted", reason: 70, inferred: true },
  "restarted at the height": { kind: "halted", reason: 70, inferred: true },
  "restored below the height": { kind: "halted", reason: 70, inferred: true },
  "too new, stands": { kind: "running" },
  "too new, restarted": { kind: "halted", reason: 71, inferred: true, corroborated: false },
  upgraded: { kind: "running" },
  "skipped the height": { kind: "running" },
  "restored below the height, upgraded": { kind: "running" },
};

describe.each(RECORDINGS)("$recorded.program of $recorded.sdk", (recording) => {
  const { recorded, plan, samples } = recording;
  const judged = samples.filter(({ name }) => name in VERDICTS);
  const format = ({ flags }: Sample): string => (flags.includes("json") ? "json" : "plain");

  test.each(judged.map((sample) => [sample.name, format(sample), sample] as const))(
    "%s, with a %s log, is judged as what it is",
    (name, _, sample) => {
      expect(classify(evidenceOf(sample, recording))).toMatchObject(VERDICTS[name] ?? {});
    },
  );

  test("its end at the height is corroborated by the height at which it was last seen", () => {
    const lastSeen: LastSeen = { chainId: "halting-1", height: plan.height };
    for (const sample of samples.filter(({ name }) => name === "restarted at the height")) {
      const verdict = classify({ ...evidenceOf(sample, recording), lastSeen });
      expect(verdict).toMatchObject({ corroborated: true, plan: plan.name, height: plan.height });
    }
  });

  test("its halt line is read from each log that has one, with name and height", () => {
    const halting = samples.filter(({ name }) =>
      /^(?:(?:stands|restarted) at|restored below) the height$/.test(name),
    );
    expect(halting).not.toEqual([]);
    for (const { output } of halting)
      expect(findPlanLines(output.join("\n"))[0]).toMatchObject({
        reason: 70,
        plan: plan.name,
        height: plan.height,
      });
  });

  test("one that is too new and stands is told of by its wrapper", () => {
    const standing = samples.filter(({ name, status }) => name === "too new, stands" && status !== undefined);
    expect(standing).not.toEqual([]);
    for (const sample of standing) {
      const lines = findPlanLines(sample.output.join("\n"));
      expect(toldOfStanding(lines, evidenceOf(sample, recording))).toContain(
        `binary_too_new (plan ${plan.name})`,
      );
    }
  });

  test("a downgrade is a halt where its message came through, and else a crash", () => {
    const namesPlan = recorded.sdk !== "cosmos-sdk v0.45.16";
    const verdict = namesPlan ? { kind: "halted", reason: 72, corroborated: false } : { kind: "crashed" };
    for (const sample of samples.filter(({ name }) => name === "downgraded, restarted"))
      expect(classify(evidenceOf(sample, recording))).toMatchObject(verdict);
  });
});
