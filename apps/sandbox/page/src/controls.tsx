import { useState } from "preact/hooks";
import type { Panel } from "./control.tsx";
import { FaultControls } from "./fault-controls.tsx";
import { NodeControls } from "./node-controls.tsx";
import { PolicyControls } from "./policy-controls.tsx";
import type { State } from "./types.ts";

interface ControlsProps {
  readonly state: State;
  readonly node: string;
  /** Why nothing can be changed now; empty when it can. */
  readonly blocked: string;
  readonly act: (body: unknown) => Promise<unknown>;
}

/** Everything that can be done, each beside the command that does the same. */
export function Controls({ state, node, blocked, act }: ControlsProps) {
  const [said, setSaid] = useState("");
  const perform: Panel["perform"] = (kind, value) => {
    setSaid("");
    void act({ [kind]: value }).then(
      () => setSaid(`● done: ${kind}`),
      (error: Error) => setSaid(`✖ ${error.message}`),
    );
  };
  const panel: Panel = { state, perform };
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
          <NodeControls panel={panel} node={node} />
        </fieldset>
        <fieldset disabled={blocked !== ""}>
          <legend>Chain and policy</legend>
          <PolicyControls panel={panel} />
        </fieldset>
        <fieldset disabled={blocked !== ""}>
          <legend>Faults</legend>
          <FaultControls panel={panel} />
        </fieldset>
      </div>
    </section>
  );
}
