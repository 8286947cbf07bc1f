import { useEffect, useState } from "preact/hooks";
import type { NodeDetails } from "../../src/recording/run-state.ts";
import { ask } from "./connection.ts";
import type { State } from "./types.ts";

/** A moment that is over, as the sandbox kept it. */
export interface Past {
  /** Id of the event that happened then. */
  readonly moment: string;
  readonly state: State;
  /** Log and wire of the node that was asked for. */
  readonly details: NodeDetails;
}

interface Found {
  readonly past?: Past;
  readonly fault?: string;
}

const NOTHING: NodeDetails = { log: "", status: "", fault: "" };

/** The moment that the address names, or why it can't be shown. Until it has come, what was asked for last stays. */
export function usePast(token: string, moment: string, node: string): Found {
  const [found, setFound] = useState<Found & { readonly node: string }>({ node });
  useEffect(() => {
    if (moment === "") return setFound({ node });
    let isOver = false;
    const path = `/api/moments/${encodeURIComponent(moment)}?node=${encodeURIComponent(node)}`;
    void ask<Omit<Past, "moment">>(token, path).then(
      (past) => (isOver ? undefined : setFound({ node, past: { ...past, moment } })),
      (error: Error) => (isOver ? undefined : setFound({ node, fault: error.message })),
    );
    return () => {
      isOver = true;
    };
  }, [token, moment, node]);
  if (moment === "") return {};
  return found.past === undefined || found.node === node
    ? found
    : { past: { ...found.past, details: NOTHING } };
}
