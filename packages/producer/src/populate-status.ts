import { encodeHaltIntent, HALT_INTENT_FIELD, type HaltIntent } from "@upgrade-halt/contract";
import type { HaltHolder } from "./halt-holder.ts";
import { ProducerError } from "./producer-error.ts";

/** A body, what was put into it, and what came of it: until one of them changes, nothing is made or copied again. */
interface Populated {
  readonly body: string;
  /** `null` when populating failed. */
  readonly intent: HaltIntent | null;
  readonly text: string;
}

const newest = new WeakMap<HaltHolder, Populated>();
const faultsReported = new WeakSet<HaltHolder>();

/**
 * The JSON text of a `/status` body with the holder's intent as its last field, as Go would write it; the very same
 * text while there is no intent. No other byte changes. Never throws: a fault inside gives `null` for the intent and
 * tells `onFault`, once for a holder's lifetime. A text that is no JSON object comes back as it is.
 */
export function populateStatus(body: string, holder: HaltHolder, onFault: (cause: unknown) => void): string {
  try {
    const intent = holder.snapshot();
    return intent === undefined ? body : withIntent(body, intent, holder);
  } catch (cause) {
    reportOnce(holder, cause, onFault);
    try {
      return withIntent(body, null, holder);
    } catch {
      return body;
    }
  }
}

function withIntent(body: string, intent: HaltIntent | null, holder: HaltHolder): string {
  const known = newest.get(holder);
  if (known?.body === body && known.intent === intent) return known.text;
  const value = intent === null ? "null" : encodeHaltIntent(intent);
  const text = withField(body, `"${HALT_INTENT_FIELD}":${value}`);
  newest.set(holder, { body, intent, text });
  return text;
}

function withField(body: string, field: string): string {
  const end = body.lastIndexOf("}");
  const start = body.indexOf("{");
  if (start < 0 || end < start || body.slice(0, start).trim() !== "" || body.slice(end + 1).trim() !== "") {
    throw new ProducerError("status-not-an-object", `a status body is no JSON object: ${body.slice(0, 40)}`);
  }
  const isEmpty = body.slice(start + 1, end).trim() === "";
  return `${body.slice(0, end)}${isEmpty ? "" : ","}${field}${body.slice(end)}`;
}

function reportOnce(holder: HaltHolder, cause: unknown, onFault: (cause: unknown) => void): void {
  if (faultsReported.has(holder)) return;
  faultsReported.add(holder);
  try {
    onFault(cause);
  } catch {
    // A logger that throws must not break /status either.
  }
}
