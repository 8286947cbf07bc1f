/** An upgrade that the chain has decided on. */
export interface Plan {
  readonly name: string;
  readonly height: number;
  /** A minor release may be in a binary before its height. */
  readonly isMinor: boolean;
}

/** Milliseconds from one block to the next. */
export const BLOCK_MS = 1_000;

export interface Chain {
  readonly id: string;
  readonly plans: readonly Plan[];
  /** Its binary is of before the contract: it announces no halt. */
  readonly isLegacy: boolean;
}

/** The newest height of a chain: it goes on whatever the nodes here do. */
export function headAt(now: number): number {
  return 1 + Math.floor(Math.max(0, now) / BLOCK_MS);
}

/** When the chain comes to the block before a plan's. */
export function timeOf({ height }: Plan): number {
  return (height - 1) * BLOCK_MS;
}

const REPOSITORY = "registry.example/seid";
const MIRROR = "mirror.internal/seid";

/** The image of a release, by digest: of the chain's n-th plan, it has the handlers of that and all before. */
export function imageOf(release: number): string {
  return `${REPOSITORY}@${digestOf(release)}`;
}

/** The same image by its tag, which says nothing of its content. */
export function taggedImageOf(release: number): string {
  return `${REPOSITORY}:v${release + 1}`;
}

/** The same image as an admission webhook rewrites it. */
export function mirrored(image: string): string {
  return image.replace(REPOSITORY, MIRROR);
}

/** Which release an image is; `undefined` for one that no registry has. */
export function releaseOf(image: string): number | undefined {
  const [, digits] = /seid(?::v\d+)?(?:@sha256:0*|:v)([0-9]{1,4})$/.exec(image) ?? [];
  return digits === undefined ? undefined : Number(digits) - 1;
}

/** Whether two images are of one release, by tag or digest. */
export function isSameRelease(one: string, other: string): boolean {
  return one === other || (releaseOf(one) !== undefined && releaseOf(one) === releaseOf(other));
}

function digestOf(release: number): string {
  return `sha256:${String(release + 1).padStart(64, "0")}`;
}
