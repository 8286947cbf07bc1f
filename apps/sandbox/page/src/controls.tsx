import { useState } from "preact/hooks";
import type { Action } from "../../src/actions/action.ts";
import { BEHAVIOURS, GATES } from "../../src/actions/names.ts";
import { Twin } from "./twin.tsx";
import type { State } from "./types.ts";

interface ControlsProps {
  readonly state: State;
  readonly node: string;
  /** Why nothing can be changed now; empty when it can. */
  readonly blocked: string;
  readonly act: (body: unknown) => Promise<unknown>;
}

type Kind = Action["kind"];
type Value = string | Readonly<Record<string, string | number | boolean>>;

/** The same on the command line; `$SANDBOX` is the address that the sandbox printed. */
export function twinOf(kind: string, value: Value): string {
  const words =
    typeof value === "string"
      ? value
      : Object.entries(value)
          .map(([name, one]) => `${name}=${one}`)
          .join(" ");
  return `sandbox act "$SANDBOX" ${kind} ${words}`;
}

/** Everything that can be done, each beside the command that does the same. */
export function Controls({ state, node, blocked, act }: ControlsProps) {
  const [version, setVersion] = useState("v6.7");
  const [behaviour, setBehaviour] = useState("stay-alive");
  const [plan, setPlan] = useState("v6.7");
  const [ahead, setAhead] = useState(60);
  const [isMinor, setMinor] = useState(false);
  const [gate, setGate] = useState<string>("set-image");
  const [inferred, setInferred] = useState("Page");
  const [swaps, setSwaps] = useState(1);
  const [said, setSaid] = useState("");
  const highest = Math.max(0, ...state.nodes.map((one) => one.height));
  const [height, setHeight] = useState(0);
  const at = height || highest + ahead;
  // The chain goes on between two presses: an image is listed for the height that the upgrade was scheduled for.
  const keepHeight = (value: Value): void => {
    if (typeof value === "object" && typeof value.height === "number") setHeight(value.height);
  };
  const doIt = async (kind: string, value: Value): Promise<void> => {
    setSaid("");
    keepHeight(value);
    await act({ [kind]: value }).then(
      () => setSaid(`● done: ${kind}`),
      (error: Error) => setSaid(`✖ ${error.message}`),
    );
  };
  const Control = ({ label, kind, value }: { label: string; kind: Kind; value: Value }) => {
    const why = state.given?.off[kind];
    return (
      <div class="control">
        <button
          type="button"
          data-action={kind}
          disabled={why !== undefined}
          onClick={() => void doIt(kind, value)}
        >
          {label}
        </button>
        {why === undefined ? (
          <Twin command={twinOf(kind, value)} onCopy={() => keepHeight(value)} />
        ) : (
          <span class="off">✖ off: {why}</span>
        )}
      </div>
    );
  };
  return (
    <section aria-labelledby="controls">
      <h2 id="controls" tabIndex={-1}>
        Make something happen
      </h2>
      <p class="said" role="status" data-said>
        {said}
      </p>
      {blocked !== "" && <p class="blocked">✖ {blocked}</p>}
      <div class="groups">
        <fieldset disabled={blocked !== ""}>
          <legend>Node {node}</legend>
          <Choice
            label="Release"
            value={version}
            onChange={setVersion}
            among={["v6.5", "v6.6", "v6.7", "v6.8", "v6.9"]}
          />
          {Control({ label: "Install release", kind: "install", value: { node, version } })}
          <Choice
            label="Behaviour"
            value={behaviour}
            onChange={setBehaviour}
            among={Object.keys(BEHAVIOURS)}
          />
          {Control({ label: "Start anew, to behave so", kind: "behave", value: { node, as: behaviour } })}
          {Control({ label: "Crash", kind: "crash", value: { node } })}
          {Control({ label: "Hang", kind: "hang", value: { node } })}
          {Control({ label: "Let go on", kind: "resume", value: { node } })}
          {Control(
            state.isolated.includes(node)
              ? { label: "Heal network to the node", kind: "rejoin", value: { node } }
              : { label: "Cut network to the node", kind: "isolate", value: { node } },
          )}
        </fieldset>
        <fieldset disabled={blocked !== ""}>
          <legend>Chain and policy</legend>
          <Choice
            label="Plan"
            value={plan}
            onChange={(name) => {
              setPlan(name);
              setHeight(0);
            }}
            among={["v6.7", "v6.8", "v6.9"]}
          />
          <Amount
            label="Blocks ahead"
            most={100000}
            value={ahead}
            onChange={(blocks) => {
              setAhead(blocks);
              setHeight(0);
            }}
          />
          <label>
            <input
              type="checkbox"
              checked={isMinor}
              onChange={(event) => setMinor(event.currentTarget.checked)}
            />{" "}
            minor
          </label>
          <label>
            Height (0: blocks ahead){" "}
            <input
              type="number"
              min={0}
              value={height}
              onInput={(event) => setHeight(event.currentTarget.valueAsNumber || 0)}
            />
          </label>
          {Control({
            label: "Schedule upgrade",
            kind: "schedule",
            value: { plan, height: at, ...(isMinor ? { minor: true } : {}) },
          })}
          {Control({ label: "List image", kind: "list", value: { plan, height: at, version: plan } })}
          {Control({ label: "Unlist image", kind: "unlist", value: { plan } })}
          {Control({
            label: state.policy.paused ? "Resume policy" : "Pause policy",
            kind: "policy",
            value: { paused: !state.policy.paused },
          })}
          <Choice
            label="Inferred halts"
            value={inferred}
            onChange={setInferred}
            among={["Ignore", "Page", "Act"]}
          />
          {Control({ label: "Set inferred halts", kind: "policy", value: { inferredHalts: inferred } })}
          {Control({
            label: state.policy.dryRun ? "End dry run" : "Begin dry run",
            kind: "policy",
            value: { dryRun: !state.policy.dryRun },
          })}
          <Amount label="Swaps at a time" most={100} value={swaps} onChange={setSwaps} />
          {Control({ label: "Set swaps at a time", kind: "policy", value: { maxConcurrent: swaps } })}
          <p>
            Listed:{" "}
            {state.policy.upgrades?.map((one) => `${one.plan} at ${one.height}: ${one.image}`).join("; ") ||
              "nothing"}
          </p>
        </fieldset>
        <fieldset disabled={blocked !== ""}>
          <legend>Faults</legend>
          {Control({
            label: state.isPagerDown ? "Mend pager" : "Break pager",
            kind: "pager",
            value: state.isPagerDown ? "up" : "down",
          })}
          {Control({
            label: state.isNetworkCut ? "Heal network" : "Cut network to the API server",
            kind: "network",
            value: state.isNetworkCut ? "up" : "down",
          })}
          {Control({ label: "Kill leader", kind: "kill", value: "leader" })}
          {Control({ label: "Kill standby", kind: "kill", value: "standby" })}
          <Choice label="Before" value={gate} onChange={setGate} among={GATES} />
          {Control({ label: "Wait before it", kind: "hold", value: gate })}
          {Control({ label: "Go on", kind: "release", value: gate })}
          <p>
            Will wait before: {state.armed.join(", ") || "nothing"}. Waits now before:{" "}
            {state.held.join(", ") || "nothing"}.
          </p>
        </fieldset>
      </div>
    </section>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly among: readonly string[];
  readonly onChange: (value: string) => void;
}

function Choice({ label, value, among, onChange }: ChoiceProps) {
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

function Amount({ label, value, most, onChange }: AmountProps) {
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
