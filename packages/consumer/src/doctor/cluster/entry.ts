import { unseenIn } from "../command-chain.ts";
import type { Container } from "./objects.ts";

/** The command line of a container, as far as its pod says it: that of its image is not in it. */
export const commandOf = ({ command, args }: Container): readonly string[] => [
  ...(command ?? []),
  ...(args ?? []),
];

/** What starts first in a container, where nobody can tell from here what it makes of the node's end. */
export function unseenEntry(container: Container): string | undefined {
  const isOfImage = container.command === undefined || container.command === null;
  return isOfImage ? "its image's entry point" : unseenIn(commandOf(container));
}
