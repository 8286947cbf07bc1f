import type { NodeOptions } from "../options.ts";
import type { Plan } from "./plan.ts";

/** The version that an image reference carries as its tag; a bare tag is itself. `undefined` when there is none. */
export function imageTag(image: string): string | undefined {
  const withoutDigest = image.split("@", 1)[0] ?? "";
  const lastPart = withoutDigest.slice(withoutDigest.lastIndexOf("/") + 1);
  const colon = lastPart.lastIndexOf(":");
  if (colon >= 0) return lastPart.slice(colon + 1) || undefined;
  return lastPart === image && image !== "" ? image : undefined;
}

/**
 * The plans that a release can carry out: the one of its own name and every one before it in the chain's order. A
 * release that is no plan's name has none.
 */
export function handlersOf(tag: string, plans: readonly Plan[]): ReadonlySet<string> {
  const own = plans.findIndex((plan) => plan.name === tag);
  return new Set(plans.slice(0, own + 1).map((plan) => plan.name));
}

/** The handlers of a node: those that it was told to have, or else those of its image. */
export function handlersFor(
  { image, handlers }: Pick<NodeOptions, "image" | "handlers">,
  plans: readonly Plan[],
): ReadonlySet<string> {
  return handlers === undefined ? handlersOf(versionOf(image), plans) : new Set(handlers);
}

/** The version that an image says it is: its tag, or all of the reference when it has none. */
export function versionOf(image: string): string {
  return imageTag(image) ?? image;
}
