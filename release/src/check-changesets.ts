import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isReport } from "./api-files.ts";
import { brokenExports } from "./broken-exports.ts";
import { changedFiles, changedPackages, fileAt } from "./changed.ts";
import { git } from "./git.ts";
import { CONTRACT, requireMigration } from "./migration.ts";
import { type PlannedRelease, plannedReleases } from "./plan.ts";
import { ReleaseError } from "./release-error.ts";

/**
 * Holds that each published package which changed since a commit is named by a changeset that came since, too, that each
 * changeset names packages that there are, and that a major version of the contract has its migration. Resolves with the plan.
 */
export async function checkChangesets(root: string, since: string): Promise<readonly PlannedRelease[]> {
  const plan = await checkedPlan(root);
  const base = git(root, "merge-base", since, "HEAD");
  const named = new Set(changesetsSince(root, base).flatMap(namesIn));
  for (const { name, files } of changedPackages(root, base)) {
    if (named.has(name)) continue;
    const more = files.length > 1 ? ` and ${files.length - 1} more` : "";
    throw new ReleaseError(
      `${name} changed (${files[0]}${more}) and no new changeset names it: run \`pnpm exec changeset\`.`,
    );
  }
  requireBumps(root, base, plan);
  return plan;
}

/**
 * An export that an API report of the base has, and the report of now lacks or declares otherwise, takes a major version; below 1.0.0,
 * where no major is to be had, a minor one. A changeset names those that were found to be compatible: `Compatible: NAME, NAME`.
 */
function requireBumps(root: string, base: string, plan: readonly PlannedRelease[]): void {
  const compatible = new Set(plan.flatMap(({ why }) => why).flatMap(namedCompatible));
  for (const file of changedFiles(root, base).filter(isReport)) {
    const before = fileAt(root, base, file) ?? "";
    const broken = brokenExports(before, fileAt(root, undefined, file) ?? "").filter(
      (one) => !compatible.has(one),
    );
    const owner = plan.find(({ name }) => new RegExp(`/${name.replace(/^.*\//, "")}[-.]`).test(file));
    const [demanded, enough] = owner?.from.startsWith("0.")
      ? ["minor", ["minor", "major"]]
      : ["major", ["major"]];
    if (broken.length === 0 || (owner !== undefined && enough.includes(owner.bump))) continue;
    throw new ReleaseError(
      `${file} says that ${broken.join(", ")} changed or went away: that takes a ${demanded} changeset, or one with the line \`Compatible: ${broken.join(", ")}\`.`,
    );
  }
}

function namedCompatible(summary: string): readonly string[] {
  const [, names = ""] = /\bCompatible: ([\w$, ]+)/.exec(summary) ?? [];
  return names.split(",").map((name) => name.trim());
}

/** The plan, once what it demands is there. The contract is the axis: packages that use it have its major versions, too. */
export async function checkedPlan(root: string): Promise<readonly PlannedRelease[]> {
  const plan = await plannedReleases(root);
  const contract = plan.find(({ name }) => name === CONTRACT);
  if (contract?.bump !== "major") return plan;
  requireMigration(root, contract.to);
  const behind = plan.filter(({ published, bump }) => published && bump !== "major").map(({ name }) => name);
  if (behind.length > 0)
    throw new ReleaseError(
      `The contract becomes ${contract.to}, and ${behind.join(" and ")} would not: give them a major changeset, too.`,
    );
  return plan;
}

/** The text of each changeset that was added or changed since a commit, committed or not. */
function changesetsSince(root: string, base: string): readonly string[] {
  return changedFiles(root, base)
    .filter((file) => /^\.changeset\/.*\.md$/.test(file) && existsSync(join(root, file)))
    .map((file) => readFileSync(join(root, file), "utf8"));
}

/** The packages that the front matter of a changeset names. */
function namesIn(changeset: string): readonly string[] {
  const [, front = ""] = /^---\n(.*?)^---$/ms.exec(changeset) ?? [];
  return [...front.matchAll(/^["']?([^"':]+)["']?:/gm)].map(([, name = ""]) => name);
}
