/** A step that a release of Kubernetes answers otherwise than the one that the embedded server follows. */
export interface VersionDifference {
  readonly conversation: string;
  readonly step: string;
  /** What the newer release does. */
  readonly why: string;
  /** Where the answers part: these members, and no others. */
  readonly paths: readonly string[];
}

/** By the minor release from which on they are there; a step that is not named agrees. */
export const VERSION_DIFFERENCES: Readonly<Record<number, readonly VersionDifference[]>> = {
  36: [
    {
      conversation: "custom-resources",
      step: "refused: no integer",
      why: "a third cause says the type that was checked",
      paths: ["body.details.causes.1.message", "body.details.causes.2", "body.message"],
    },
    {
      conversation: "access",
      step: "may not be another",
      why: "impersonation is constrained by its own verbs (KEP-5284)",
      paths: ["body.details.kind", "body.details.name", "body.message"],
    },
    { conversation: "access", step: "a group without a user", why: "other words", paths: ["body.message"] },
  ],
  37: [
    {
      conversation: "patches",
      step: "merge another uid",
      why: "one cause where there were two",
      paths: ["body.details.causes.1"],
    },
    {
      conversation: "patches",
      step: "merge what is no JSON",
      why: 'a broken patch is "invalid JSON patch"',
      paths: ["body.message"],
    },
    {
      conversation: "refusals",
      step: "merge without a body",
      why: 'a broken patch is "invalid JSON patch"',
      paths: ["body.message"],
    },
    {
      conversation: "deletions",
      step: "no new finalizer now",
      why: "one cause where there were two",
      paths: ["body.details.causes.1"],
    },
    {
      conversation: "deletions",
      step: "an owner without a uid",
      why: "the owner is named by its index, and its uid is required",
      paths: [
        "body.details.causes.0.field",
        "body.details.causes.0.message",
        "body.details.causes.0.reason",
        "body.message",
      ],
    },
    {
      conversation: "workloads",
      step: "a set",
      why: "rollingUpdate.maxUnavailable defaults to 1",
      paths: ["body.spec.updateStrategy.rollingUpdate.maxUnavailable"],
    },
    {
      conversation: "workloads",
      step: "a set's image changes",
      why: "rollingUpdate.maxUnavailable defaults to 1",
      paths: ["body.spec.updateStrategy.rollingUpdate.maxUnavailable"],
    },
    {
      conversation: "workloads",
      step: "a set is settled",
      why: "rollingUpdate.maxUnavailable defaults to 1",
      paths: ["body.spec.updateStrategy.rollingUpdate.maxUnavailable"],
    },
    {
      conversation: "workloads",
      step: "a set's service may not change",
      why: 'spec.serviceName "field is immutable"',
      paths: [
        "body.details.causes.0.field",
        "body.details.causes.0.message",
        "body.details.causes.0.reason",
        "body.message",
      ],
    },
    {
      conversation: "access",
      step: "a role without verbs",
      why: "other words",
      paths: ["body.details.causes.0.message", "body.message"],
    },
    {
      conversation: "access",
      step: "a role's reference may not change",
      why: "other words",
      paths: ["body.details.causes.0.message", "body.message"],
    },
    {
      conversation: "refusals",
      step: "strategic: no JSON",
      why: 'a broken patch is "invalid JSON patch"',
      paths: ["body.message"],
    },
  ],
};

/** What is allowed to differ in a step, for a server of that minor release. */
export function allowedPaths(minor: number, conversation: string, step: string): readonly string[] {
  return Object.entries(VERSION_DIFFERENCES)
    .filter(([since]) => minor >= Number(since))
    .flatMap(([, differences]) => differences)
    .filter((one) => one.conversation === conversation && one.step === step)
    .flatMap(({ paths }) => paths);
}
