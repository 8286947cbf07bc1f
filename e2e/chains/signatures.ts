import type { Network } from "./network.ts";
import type { SignedLast, Validator } from "./validator.ts";

interface Block {
  readonly result: {
    readonly block_id: { readonly hash: string };
    readonly block: {
      readonly header: { readonly app_hash: string };
      readonly evidence: { readonly evidence: readonly unknown[] | null };
    };
  };
}

async function blockAt(validator: Validator, height: number): Promise<Block["result"]> {
  return (JSON.parse(await validator.get(`block?height=${height}`)) as Block).result;
}

/** Everything that a chain holds against a validator in its blocks up to a height: evidence of duplicate votes. */
async function evidenceUpTo(validator: Validator, height: number): Promise<readonly unknown[]> {
  const heights = Array.from({ length: height }, (_, i) => i + 1);
  const blocks = await Promise.all(heights.map((at) => blockAt(validator, at)));
  return blocks.flatMap(({ block }) => block.evidence.evidence ?? []);
}

/** What speaks against a chain that all validators took past `height`: of nothing, there is none. */
export async function faultsAt(
  network: Network,
  height: number,
  before: readonly SignedLast[],
): Promise<readonly unknown[]> {
  const { validators, first } = network;
  const blocks = await Promise.all(validators.map((validator) => blockAt(validator, height)));
  const states = new Set(blocks.map(({ block }) => block.header.app_hash));
  return [
    ...(states.size === 1 ? [] : [`${states.size} states at ${height}`]),
    ...(await evidenceUpTo(first, height)),
    ...signedBackwards(before, network),
  ];
}

/** What each validator has signed last. */
export function signedBy({ validators }: Network): readonly SignedLast[] {
  return validators.map((validator) => validator.signedLast());
}

/** The validators whose signing went back from an earlier moment: a height, round and step that they may sign again. */
export function signedBackwards(before: readonly SignedLast[], { validators }: Network): readonly string[] {
  return validators
    .filter((validator, i) => compare(validator.signedLast(), before[i] ?? validator.signedLast()) < 0)
    .map(({ name }) => name);
}

function compare(a: SignedLast, b: SignedLast): number {
  return a.height - b.height || a.round - b.round || a.step - b.step;
}
