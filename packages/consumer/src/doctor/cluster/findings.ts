import { printable } from "../../printable.ts";
import { type Finding, ok, todo } from "../finding.ts";
import type { Registries } from "../registry/ask-registry.ts";
import type { ClusterObjects } from "./objects.ts";
import { podFindings } from "./pod-findings.ts";
import { policyFindings } from "./policy-findings.ts";
import { governing } from "./selects.ts";
import { workloadFinding } from "./workload-finding.ts";

/** What would happen at the next halt of each node of a cluster: pure, from what kubectl told. */
export function clusterFindings(objects: ClusterObjects, registries?: Registries): readonly Finding[] {
  const { pods, policies, defects } = objects;
  const governed = pods.map((pod) => ({ pod, policy: governing(pod, policies) }));
  return [
    ...defects.map((defect) =>
      todo("policy", `It does not fit: ${printable(defect, 300)}.`, "See what wrote it, and apply it again."),
    ),
    ...(policies.length === 0 ? [noPolicy()] : []),
    ...policies.flatMap((policy) => {
      const own = governed.filter((entry) => entry.policy === policy).map(({ pod }) => pod);
      return about(`HaltPolicy ${policy.metadata.name}`, policyFindings(policy, own, objects, registries));
    }),
    ...governed.flatMap(({ pod, policy }) =>
      about(`Pod ${pod.metadata.name}`, [
        ...podFindings(pod, policy),
        ...workloadFinding(pod, policy, objects),
      ]),
    ),
    ...(pods.length === 0
      ? [
          todo(
            "process",
            "No pod was given.",
            "Give the pods along: kubectl get pods,statefulsets,deployments,haltpolicies,noderecords -o json.",
          ),
        ]
      : []),
    ok("supervisor", "A kubelet supervises the containers of pods."),
  ];
}

function noPolicy(): Finding {
  return todo(
    "policy",
    "No HaltPolicy was given, so no controller acts on a halt or pages.",
    "Install the controller and write one, or hold halts by restart rules: docs/guides/kubernetes.md.",
  );
}

function about(subject: string, findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => ({ ...finding, of: printable(subject) }));
}
