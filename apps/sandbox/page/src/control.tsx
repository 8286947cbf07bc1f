import type { Action } from "../../src/actions/action.ts";
import { Twin } from "./twin.tsx";
import type { State } from "./types.ts";

type Kind = Action["kind"];
type Value = string | Readonly<Record<string, string | number | boolean>>;

/** What every control needs to know, and how it does what it is for. */
export interface Panel {
  readonly state: State;
  readonly perform: (kind: Kind, value: Value) => void;
}

/** The same on the command line; `$SANDBOX` is the address that the sandbox printed. */
function twinOf(kind: string, value: Value): string {
  const words =
    typeof value === "string"
      ? value
      : Object.entries(value)
          .map(([name, one]) => `${name}=${one}`)
          .join(" ");
  return `sandbox act "$SANDBOX" ${kind} ${words}`;
}

interface ControlProps {
  readonly panel: Panel;
  readonly label: string;
  readonly kind: Kind;
  readonly value: Value;
  /** Told when it is pressed, and when its command is copied. */
  readonly onUse?: () => void;
}

/** Something that can be done, beside the command that does the same. */
export function Control({ panel: { state, perform }, label, kind, value, onUse }: ControlProps) {
  const why = state.given?.off[kind];
  const press = (): void => {
    onUse?.();
    perform(kind, value);
  };
  return (
    <div class="control">
      <button type="button" data-action={kind} disabled={why !== undefined} onClick={press}>
        {label}
      </button>
      {why === undefined ? (
        <Twin command={twinOf(kind, value)} {...(onUse && { onCopy: onUse })} />
      ) : (
        <span class="off">✖ off: {why}</span>
      )}
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly among: readonly string[];
  readonly onChange: (value: string) => void;
}

export function Choice({ label, value, among, onChange }: ChoiceProps) {
  return (
    <label>
      {label}{" "}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {among.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
}

interface AmountProps {
  readonly label: string;
  readonly value: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
}

export function Amount({ label, value, most, onChange }: AmountProps) {
  return (
    <label>
      {label}{" "}
      <input
        type="number"
        min={1}
        max={most}
        value={value}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber || 1)}
      />
    </label>
  );
}
