import type { Check } from "./refusal.ts";

/** The image that would be set is the one that halted. */
export const imageDoesNotHelp: Check = ({ halt, neighbours }, { image }) => {
  if (image !== halt.spec.image) return undefined;
  const reason = "ImageDoesNotHelp";
  const found = `${image} is listed for this plan and is what halted.`;
  if (neighbours.toldBy === undefined) return { reason, message: { found }, kind: "page" };
  return { reason, message: { found: `${found} NodeHalt ${neighbours.toldBy} tells of it.` }, kind: "hold" };
};
