import type { Conversation } from "../conversation.ts";
import { access } from "./access.ts";
import { customResources } from "./custom-resources.ts";
import { deletions } from "./deletions.ts";
import { discovery } from "./discovery.ts";
import { lists } from "./lists.ts";
import { objects } from "./objects.ts";
import { patches } from "./patches.ts";
import { pods } from "./pods.ts";
import { refusals } from "./refusals.ts";
import { watches } from "./watches.ts";
import { workloads } from "./workloads.ts";

/** Everything that both API servers are asked. */
export const CONVERSATIONS: readonly Conversation[] = [
  discovery,
  objects,
  patches,
  pods,
  lists,
  watches,
  deletions,
  customResources,
  workloads,
  access,
  refusals,
];
