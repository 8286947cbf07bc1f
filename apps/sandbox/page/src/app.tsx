import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { ask, type Link, tokenOf } from "./connection.ts";
import { Controls } from "./controls.tsx";
import { EventList } from "./event-list.tsx";
import { followKept } from "./follow-kept.ts";
import { GivenNote } from "./given-note.tsx";
import { type Kept, runOf } from "./kept.ts";
import { usePast } from "./moment.ts";
import { MomentBar } from "./moment-bar.tsx";
import { NodeViews } from "./node-views.tsx";
import { Others } from "./others.tsx";
import { usePlace } from "./place.ts";
import { ReplayBar } from "./replay-bar.tsx";
import { Scenarios } from "./scenarios.tsx";
import { Sections } from "./sections.tsx";
import { Timeline } from "./timeline.tsx";

const LINKS: Readonly<Record<Link, string>> = {
  connecting: "… connecting",
  live: "● live",
  gone: "✖ The sandbox does not answer. This is what it showed last; the page tries again by itself.",
  refused: "✖ The token is missing or wrong. Open the address that the sandbox printed.",
};
const NONE: Kept = { state: undefined, told: [] };

/** The whole page. */
export function App() {
  const token = useMemo(() => tokenOf(location.hash), []);
  const [link, setLink] = useState<Link>("connecting");
  const [{ state, told }, setKept] = useState(NONE);
  const [place, go] = usePlace();
  useEffect(() => followKept(token, { onLink: setLink, onKept: setKept }), [token]);
  const current = runOf(told.at(-1)) === String(state?.run ?? "") ? told : NONE.told;
  const { past, fault: pastFault = "" } = usePast(token, place.moment, place.node);
  const shown = past?.state ?? state;
  const moment = past?.moment ?? "";
  const node = shown?.nodes.find((one) => one.node === place.node) ?? shown?.nodes[0];
  const goTo = useCallback(
    (id: string, name = "") => go({ moment: id, ...(name === "" ? {} : { node: name }) }),
    [go],
  );
  const choose = useCallback((name: string) => go({ node: name }), [go]);
  const act = (body: unknown): Promise<unknown> => ask(token, "/api/actions", body);
  return (
    <>
      <header>
        <h1>upgrade-halt sandbox</h1>
        <p class={`link ${link}`} role="status">
          {LINKS[link]}
        </p>
      </header>
      <Sections />
      <main>
        <section aria-labelledby="now">
          <h2 id="now" tabIndex={-1}>
            {state?.title ?? "Waiting for the sandbox"}
          </h2>
          <p class="question">{state?.question ?? ""}</p>
          {state !== undefined && state.fault !== "" && (
            <p class="fault" role="alert">
              ✖ {state.fault}
            </p>
          )}
          {state?.given !== undefined && <GivenNote given={state.given} />}
          {state?.replay !== undefined && <ReplayBar token={token} replay={state.replay} />}
          <Scenarios off={state?.given?.off.play} token={token} current={state?.name ?? ""} />
        </section>
        {state !== undefined && shown !== undefined && (
          <>
            <MomentBar told={current} moment={moment} fault={pastFault} onMoment={(id) => goTo(id)} />
            <Timeline
              state={shown}
              told={current}
              node={node?.node ?? ""}
              now={state.now}
              moment={moment}
              onChoose={choose}
              onMoment={goTo}
            />
            {node !== undefined && (
              <NodeViews
                token={token}
                state={shown}
                node={node}
                past={past?.details}
                view={place.view}
                onView={(view) => go({ view })}
              />
            )}
            <Others told={current} node={node?.node ?? ""} />
            <Controls
              key={state.run}
              state={state}
              node={node?.node ?? ""}
              blocked={moment === "" ? state.noChanges : "You look at a moment that is over: go back to now."}
              act={act}
            />
            <EventList told={current} moment={moment} onMoment={goTo} />
          </>
        )}
      </main>
    </>
  );
}
