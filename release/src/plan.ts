import { getReleasePlan } from "@changesets/get-release-plan";
import { publishedPackages } from "./packages.ts";
import { ReleaseError } from "./release-error.ts";

export type Bump = "major" | "minor" | "patch";

/** What becomes of one package at the next release. */
export interface PlannedRelease {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly bump: Bump;
  /** Whether it goes to the registry; the programs of `apps` only get a version. */
  readonly published: boolean;
  /** Why: the summary of each changeset, its paragraphs apart, or that a package which it uses changes. */
  readonly why: readonly string[];
}

/**
 * What the changesets of a checkout come to, without changing anything: packages to publish first, in the order in which they are
 * published. Rejects with a `ReleaseError` where a changeset cannot be read or names no package of the workspace.
 */
export async function plannedReleases(root: string): Promise<readonly PlannedRelease[]> {
  const { changesets, releases } = await getReleasePlan(root).catch((cause: Error) => {
    throw new ReleaseError(`The changesets make no plan: ${firstLine(cause.message)}.`, { cause });
  });
  const empty = changesets.find((one) => one.releases.length === 0);
  if (empty) throw new ReleaseError(`The changesets make no plan: ${empty.id}.md names no package.`);
  const order = publishedPackages(root).map(({ manifest }) => manifest.name);
  const summaryOf = (id: string) => changesets.find((one) => one.id === id)?.summary ?? id;
  const planned = releases.flatMap((release): readonly PlannedRelease[] => {
    if (release.type === "none") return [];
    const { name, oldVersion: from, newVersion: to, type: bump } = release;
    const why = release.changesets.map((id) => summaryOf(id).replace(/(?<!\n)\n(?!\n)/g, " "));
    return [
      {
        name,
        from,
        to,
        bump,
        published: order.includes(name),
        why: why.length > 0 ? why : ["a package that it uses changes"],
      },
    ];
  });
  const place = ({ name }: PlannedRelease) => (order.includes(name) ? order.indexOf(name) : order.length);
  return planned.toSorted((a, b) => place(a) - place(b) || a.name.localeCompare(b.name));
}

/** The plan as a person reads it: of each changeset its first paragraph. */
export function renderPlan(plan: readonly PlannedRelease[]): string {
  if (plan.length === 0) return "Nothing to release: no changeset is waiting.\n";
  return plan
    .map(({ name, from, to, bump, published, why }) => {
      const head = `${name} ${from} -> ${to} (${bump}${published ? "" : "; not published"})`;
      return `${head}\n${why.map((reason) => `  - ${reason.split("\n\n")[0]}\n`).join("")}`;
    })
    .join("");
}

function firstLine(message: string): string {
  return (message.trim().split("\n")[0] ?? "").replace(/[.:]$/, "");
}
