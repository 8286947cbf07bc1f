import { useState } from "preact/hooks";
import { Amount, Choice, Control, type Panel } from "./control.tsx";

/** What the chain plans, and what its policy says. */
export function PolicyControls({ panel }: { readonly panel: Panel }) {
  const [plan, setPlan] = useState("v6.7");
  const [ahead, setAhead] = useState(60);
  const [isMinor, setMinor] = useState(false);
  const [height, setHeight] = useState(0);
  const [inferred, setInferred] = useState("Page");
  const [swaps, setSwaps] = useState(1);
  const { nodes, policy } = panel.state;
  const at = height || Math.max(0, ...nodes.map((one) => one.height)) + ahead;
  // The chain goes on between two presses: an image is listed for the height that the upgrade was scheduled for.
  const keepHeight = (): void => setHeight(at);
  const choosePlan = (name: string): void => {
    setPlan(name);
    setHeight(0);
  };
  const chooseAhead = (blocks: number): void => {
    setAhead(blocks);
    setHeight(0);
  };
  return (
    <>
      <Choice label="Plan" value={plan} onChange={choosePlan} among={["v6.7", "v6.8", "v6.9"]} />
      <Amount label="Blocks ahead" most={100000} value={ahead} onChange={chooseAhead} />
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
      <Control
        panel={panel}
        label="Schedule upgrade"
        kind="schedule"
        value={{ plan, height: at, ...(isMinor ? { minor: true } : {}) }}
        onUse={keepHeight}
      />
      <Control
        panel={panel}
        label="List image"
        kind="list"
        value={{ plan, height: at, version: plan }}
        onUse={keepHeight}
      />
      <Control panel={panel} label="Unlist image" kind="unlist" value={{ plan }} />
      <Control
        panel={panel}
        label={policy.paused ? "Resume policy" : "Pause policy"}
        kind="policy"
        value={{ paused: !policy.paused }}
      />
      <Choice
        label="Inferred halts"
        value={inferred}
        onChange={setInferred}
        among={["Ignore", "Page", "Act"]}
      />
      <Control panel={panel} label="Set inferred halts" kind="policy" value={{ inferredHalts: inferred }} />
      <Control
        panel={panel}
        label={policy.dryRun ? "End dry run" : "Begin dry run"}
        kind="policy"
        value={{ dryRun: !policy.dryRun }}
      />
      <Amount label="Swaps at a time" most={100} value={swaps} onChange={setSwaps} />
      <Control panel={panel} label="Set swaps at a time" kind="policy" value={{ maxConcurrent: swaps }} />
      <p>
        Listed:{" "}
        {policy.upgrades?.map((one) => `${one.plan} at ${one.height}: ${one.image}`).join("; ") || "nothing"}
      </p>
    </>
  );
}
