import { useState } from "preact/hooks";
import { BEHAVIOURS } from "../../src/actions/names.ts";
import { Choice, Control, type Panel } from "./control.tsx";

/** What can be done to one node. */
export function NodeControls({ panel, node }: { readonly panel: Panel; readonly node: string }) {
  const [version, setVersion] = useState("v6.7");
  const [behaviour, setBehaviour] = useState("stay-alive");
  const isCut = panel.state.isolated.includes(node);
  return (
    <>
      <Choice
        label="Release"
        value={version}
        onChange={setVersion}
        among={["v6.5", "v6.6", "v6.7", "v6.8", "v6.9"]}
      />
      <Control panel={panel} label="Install release" kind="install" value={{ node, version }} />
      <Choice label="Behaviour" value={behaviour} onChange={setBehaviour} among={Object.keys(BEHAVIOURS)} />
      <Control panel={panel} label="Start anew, to behave so" kind="behave" value={{ node, as: behaviour }} />
      <Control panel={panel} label="Crash" kind="crash" value={{ node }} />
      <Control panel={panel} label="Hang" kind="hang" value={{ node }} />
      <Control panel={panel} label="Let go on" kind="resume" value={{ node }} />
      <Control
        panel={panel}
        label={isCut ? "Heal network to the node" : "Cut network to the node"}
        kind={isCut ? "rejoin" : "isolate"}
        value={{ node }}
      />
    </>
  );
}
