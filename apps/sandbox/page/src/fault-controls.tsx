import { useState } from "preact/hooks";
import { GATES } from "../../src/actions/names.ts";
import { Choice, Control, type Panel } from "./control.tsx";

/** What can go wrong around the nodes, and where the controller can be made to wait. */
export function FaultControls({ panel }: { readonly panel: Panel }) {
  const [gate, setGate] = useState<string>("set-image");
  const { isPagerDown, isNetworkCut, armed, held } = panel.state;
  return (
    <>
      <Control
        panel={panel}
        label={isPagerDown ? "Mend pager" : "Break pager"}
        kind="pager"
        value={isPagerDown ? "up" : "down"}
      />
      <Control
        panel={panel}
        label={isNetworkCut ? "Heal network" : "Cut network to the API server"}
        kind="network"
        value={isNetworkCut ? "up" : "down"}
      />
      <Control panel={panel} label="Kill leader" kind="kill" value="leader" />
      <Control panel={panel} label="Kill standby" kind="kill" value="standby" />
      <Choice label="Before" value={gate} onChange={setGate} among={GATES} />
      <Control panel={panel} label="Wait before it" kind="hold" value={gate} />
      <Control panel={panel} label="Go on" kind="release" value={gate} />
      <p>
        Will wait before: {armed.join(", ") || "nothing"}. Waits now before: {held.join(", ") || "nothing"}.
      </p>
    </>
  );
}
