import { lineOf } from "./line-of.ts";
import type { Told } from "./types.ts";

interface MomentBarProps {
  readonly told: readonly Told[];
  /** Id of the event that is shown; empty for now. */
  readonly moment: string;
  readonly fault: string;
  readonly onMoment: (id: string) => void;
}

/** Goes to any moment of the run, and back to now; every view follows. */
export function MomentBar({ told, moment, fault, onMoment }: MomentBarProps) {
  const index = told.findIndex(({ id }) => id === moment);
  const at = moment === "" ? told.length : index;
  const start = Date.parse(told[0]?.event.at ?? "");
  const chosen = told[index];
  const { word, text, node } = chosen === undefined ? { word: "", text: "", node: "" } : lineOf(chosen.event);
  const seconds = chosen === undefined ? "" : ((Date.parse(chosen.event.at) - start) / 1000).toFixed(2);
  const words = chosen === undefined ? "now" : `${seconds} s: ${node} ${word} ${text}`;
  const go = (to: number): void => onMoment(told[to]?.id ?? "");
  return (
    <div class={`moment ${moment === "" ? "" : "past"}`}>
      <label>
        Moment{" "}
        <input
          type="range"
          min={0}
          max={told.length}
          value={Math.max(0, at)}
          aria-valuetext={words}
          onInput={(event) => go(event.currentTarget.valueAsNumber)}
        />
      </label>
      <button type="button" disabled={at <= 0} onClick={() => go(at - 1)}>
        ◀ Earlier
      </button>
      <button type="button" disabled={at >= told.length} onClick={() => go(at + 1)}>
        Later ▶
      </button>
      <button type="button" disabled={moment === ""} onClick={() => onMoment("")}>
        Now
      </button>
      <span data-moment>{moment === "" ? "You see it as it is now." : `◀ As it was at ${words}`}</span>
      {fault !== "" && (
        <p class="fault" role="alert">
          ✖ {fault}
        </p>
      )}
    </div>
  );
}
