import { quotedName } from "../../printable.ts";
import { type Finding, notChecked, ok, todo } from "../finding.ts";
import { imageFinding } from "../findings/image.ts";
import type { Registries } from "../registry/ask-registry.ts";
import type { ClusterObjects, HaltPolicy, Pod } from "./objects.ts";

/** What a policy would do, given the pods that it governs. */
export function policyFindings(
  policy: HaltPolicy,
  pods: readonly Pod[],
  { records }: ClusterObjects,
  registries: Registries | undefined,
): Finding[] {
  const { chainId, paused, dryRun, paging, upgrades } = policy.spec;
  const names = new Set(pods.map(({ metadata }) => metadata.name));
  const seen = records.filter(
    ({ metadata, spec }) => metadata.namespace === policy.metadata.namespace && names.has(spec.node),
  );
  const chains = new Set(seen.flatMap(({ status }) => status?.chainId ?? []));
  const height = Math.max(0, ...seen.map(({ status }) => status?.height ?? 0)) || undefined;
  return [
    pods.length === 0
      ? todo(
          "policy",
          "It governs no pod that was given.",
          "Compare its selector with the labels of the pods.",
        )
      : ok("policy", `It governs ${pods.length} of the pods.`),
    chainFinding(chainId ?? undefined, chains),
    ...(paused === true
      ? [
          todo(
            "policy",
            "It is paused: a halt is only recorded, and one that waits for nothing else pages nobody.",
            "Set spec.paused to false before the height.",
          ),
        ]
      : []),
    ...(dryRun === true
      ? [
          todo(
            "policy",
            "It is a dry run: nothing is changed, and nobody is paged.",
            "Set spec.dryRun to false before the height.",
          ),
        ]
      : []),
    ...((paging ?? []).length === 0
      ? [todo("policy", "It pages nobody.", "Add a target to spec.paging.")]
      : []),
    ...upgradeFindings(upgrades, height, registries),
  ];
}

function chainFinding(named: string | undefined, seen: ReadonlySet<string>): Finding {
  const other = [...seen].find((chain) => chain !== named);
  if (named === undefined)
    return todo(
      "policy",
      "It names no chain, so nothing is changed.",
      `Set spec.chainId${other === undefined ? "" : ` to ${quotedName(other)}`}.`,
    );
  if (other !== undefined)
    return todo(
      "policy",
      `It is for ${quotedName(named)}, and a node was seen on ${quotedName(other)}.`,
      "Give that node a policy of its own chain.",
    );
  if (seen.size === 0)
    return notChecked(
      "policy",
      `It is for ${quotedName(named)}; no NodeRecord tells the chain of its nodes.`,
    );
  return ok("policy", `It is for ${quotedName(named)}, the chain of its nodes.`);
}

function upgradeFindings(
  upgrades: HaltPolicy["spec"]["upgrades"],
  seen: number | undefined,
  registries: Registries | undefined,
): Finding[] {
  const without = upgrades.filter(({ height }) => height === undefined || height === null);
  const ahead = upgrades.filter(({ height }) => typeof height === "number" && height >= (seen ?? 0));
  const nothing = todo(
    "upgrade",
    "It lists no upgrade ahead: the next halt would only be paged.",
    "List each upgrade with its height as soon as it is voted for.",
  );
  return [
    ...without.map(({ planName }) =>
      todo(
        "upgrade",
        `${quotedName(planName)} is listed without a height, and only a listed height binds.`,
        "Add its height, as the proposal has it.",
      ),
    ),
    ...ahead.map(({ planName, height }) =>
      notChecked(
        "upgrade",
        `${quotedName(planName)} is listed at ${height}; the nodes' heights of now are not in the cluster.`,
      ),
    ),
    ...ahead.map(({ image }) =>
      imageFinding(image, registries?.get(image), "Run a pod with it once on each node before the height."),
    ),
    ...(ahead.length === 0 ? [nothing] : []),
  ];
}
