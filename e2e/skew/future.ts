/** What a later release may have that this tree does not know, as changes of this tree's sources. */
interface Change {
  readonly file: string;
  readonly after: string;
  readonly add: string;
}

/** In each file, what is added right after which text. */
export const CHANGES: readonly Change[] = [
  {
    file: "packages/contract/src/codes.ts",
    after: "DowngradeDetected: 72,",
    add: "\n  SnapshotRequired: 73,\n  HaltHeight: 80,",
  },
  {
    file: "packages/contract/src/codes.ts",
    after: '72: "downgrade_detected",',
    add: '\n  73: "snapshot_required",\n  80: "halt_height",',
  },
  {
    file: "packages/contract/src/encode-halt-intent.ts",
    after: 'trimAnnouncedAt(announced_at)}"',
    add: ',"restore_from":"a snapshot","window":{"first":1,"heights":[1,2]}',
  },
  {
    file: "packages/consumer/src/meanings.ts",
    after: "export const MEANINGS: Readonly<Record<HaltReason, Meaning>> = {",
    add: `
  [ShutdownReason.SnapshotRequired]: { happened: "its data needs a snapshot.", action: "page." },
  [ShutdownReason.HaltHeight]: { happened: "an operator asked for it.", action: "page." },`,
  },
  {
    file: "packages/consumer/src/log/halt-text.ts",
    after:
      "const TEXTS: Readonly<Record<HaltReason, (plan: string, height: number | undefined) => string>> = {",
    add: `
  [ShutdownReason.SnapshotRequired]: () => "",
  [ShutdownReason.HaltHeight]: () => "",`,
  },
  {
    file: "packages/consumer/src/find-decision.ts",
    after: "switch (verdict.reason) {",
    add: "\n    case ShutdownReason.SnapshotRequired:\n    case ShutdownReason.HaltHeight:",
  },
  {
    file: "apps/mock-node/src/upgrade/begin-blocker.ts",
    after: 'if (hasHandler) return { kind: "apply", plan: pending };',
    add: `
    const later = { "73": ShutdownReason.SnapshotRequired, "80": ShutdownReason.HaltHeight }[pending.info];
    if (later) return { kind: "halt", reason: later, plan: pending, text: neededText(pending) };`,
  },
  {
    file: "apps/mini-controller/src/api/halt-policy.ts",
    after: "export const HaltPolicySpecSchema = z\n  .object({",
    add: '\n    window: z.string().max(64).optional().meta({ description: "When it may act." }),',
  },
  {
    file: "apps/mini-controller/src/api/node-halt.ts",
    after: "export const NodeHaltStatusSchema = z\n  .object({",
    add: '\n    drainedBy: z.string().max(64).optional().meta({ description: "Who drained it." }),',
  },
  {
    file: "apps/mini-controller/src/api/node-halt.ts",
    after: "export const PhaseSchema = z.enum([\n",
    add: '  "Draining",\n',
  },
  {
    file: "apps/mini-controller/src/api/node-halt.ts",
    after: "self.phase in ['Swapping', ",
    add: "'Draining', ",
  },
];

/**
 * A file's text as a later release may have it.
 *
 * @throws Error that names the change, when the text that it comes after is not there exactly once.
 */
export function ofTheFuture(file: string, text: string): string {
  return CHANGES.filter((change) => change.file === file).reduce((before, { after, add }) => {
    const [head, tail, ...more] = before.split(after);
    if (tail === undefined || more.length > 0) {
      throw new Error(
        `${file} has ${JSON.stringify(after)} ${more.length > 0 ? "more than once" : "nowhere"}: say in e2e/skew/future.ts what a later release adds to it`,
      );
    }
    return `${head}${after}${add}${tail}`;
  }, text);
}
