import { printable } from "../../printable.ts";
import { type Finding, notChecked, ok, todo } from "../finding.ts";
import type { RegistryAnswer } from "../registry/ask-registry.ts";

/** Whether a listed image could be pulled, from what its registry said. `pull`: how to find out otherwise, as a sentence. */
export function imageFinding(image: string, answer: RegistryAnswer | undefined, pull: string): Finding {
  const name = printable(image);
  switch (answer?.kind) {
    case undefined:
      return notChecked(
        "image",
        `Whether ${name} can be pulled was not checked.`,
        `${pull} --registry asks its registry.`,
      );
    case "there":
      return ok("image", `${printable(answer.host)} has ${name}.`);
    case "missing":
      return todo(
        "image",
        `${printable(answer.host)} has no ${name}.`,
        "Compare the policy with the release's name there, or push the image before the height.",
      );
    case "refused":
      return notChecked(
        "image",
        `${printable(answer.host)} tells nobody without credentials whether it has ${name}.`,
        pull,
      );
    case "unanswered":
      return notChecked(
        "image",
        `Whether ${printable(answer.host)} has ${name} is not known: ${printable(answer.why, 200)}.`,
        pull,
      );
    case "no-name":
      return todo("image", `${name} is no name of an image.`, "Mend it in the policy.");
  }
}
