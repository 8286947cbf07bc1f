import { useEffect, useState } from "preact/hooks";
import type { NodeDetails } from "../../src/recording/run-state.ts";
import { ask } from "./connection.ts";
import { tagOf } from "./standing.ts";
import { lineOfWrite, stepsWithWrites } from "./step-writes.ts";
import { type Halt, type Node, type State, textOf } from "./types.ts";

interface NodeViewsProps {
  readonly token: string;
  readonly state: State;
  readonly node: Node;
  /** The node's log and wire at a moment that is over; undefined for now. */
  readonly past: NodeDetails | undefined;
  readonly view: string;
  readonly onView: (view: string) => void;
}

/** The log and the raw answer are asked for this often at most, and when the pod or its process is another. */
const DETAILS_EVERY_MS = 500;

const VIEWS = [
  ["all", "All three"],
  ["process", "Process"],
  ["wire", "Wire"],
  ["controller", "Controller"],
] as const;

/** What the process did, what the wire said, and what the controller concluded, read at the same moment. */
export function NodeViews({ token, state, node, past, view, onView }: NodeViewsProps) {
  const [current, setDetails] = useState<NodeDetails>({ log: "", status: "", fault: "" });
  const details = past ?? current;
  const moment = `${node.podUid} ${node.exitCode} ${Math.floor(Date.parse(state.now) / DETAILS_EVERY_MS)}`;
  useEffect(() => {
    if (past !== undefined) return undefined;
    let isOver = false;
    void ask<NodeDetails>(token, `/api/nodes/${encodeURIComponent(node.node)}`).then(
      (read) => (isOver ? undefined : setDetails(read)),
      () => undefined,
    );
    return () => {
      isOver = true;
    };
  }, [token, node.node, moment, past]);
  const halts = state.halts.filter((halt) => halt.node === node.node);
  const shows = (name: string): boolean => view === "all" || view === name;
  return (
    <section aria-labelledby="views">
      <h2 id="views" tabIndex={-1}>
        {node.node}
      </h2>
      <fieldset class="tabs">
        <legend>View</legend>
        {VIEWS.map(([name, label]) => (
          <button key={name} type="button" aria-pressed={view === name} onClick={() => onView(name)}>
            {label}
          </button>
        ))}
      </fieldset>
      <div class={`views ${view}`}>
        {shows("process") && <ProcessView node={node} log={details.log} />}
        {shows("wire") && <WireView node={node} {...details} />}
        {shows("controller") && <ControllerView halts={halts} state={state} />}
      </div>
    </section>
  );
}

function ProcessView({ node, log }: { readonly node: Node; readonly log: string }) {
  return (
    <article aria-labelledby="process-view">
      <h3 id="process-view">What the process did</h3>
      <p>
        Process {node.pid},{" "}
        {node.isRunning ? "running" : `ended with exit code ${node.exitCode ?? "none yet"}`},{" "}
        {node.restartCount} restarts, on {tagOf(node.podImage)}.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section class="scroll" aria-label={`Log of ${node.node}`} tabIndex={0}>
        <pre>{log || "The log is empty."}</pre>
      </section>
    </article>
  );
}

const FIELD = /"halt_intent":(?:null|\{[^{}]*\})/;

function WireView({
  node,
  status,
  fault,
}: {
  readonly node: Node;
  readonly status: string;
  readonly fault: string;
}) {
  const found = FIELD.exec(status);
  const before = found === null ? status : status.slice(0, found.index);
  const after = found === null ? "" : status.slice(found.index + found[0].length);
  return (
    <article aria-labelledby="wire-view">
      <h3 id="wire-view">What the wire said</h3>
      <p>
        GET /status{fault === "" ? "" : `: ✖ ${fault}; the last answer is below`}.{" "}
        {found === null ? "It announces no halt." : "It carries halt_intent, marked below."}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section class="scroll" aria-label={`Last /status of ${node.node}, byte for byte`} tabIndex={0}>
        <pre>
          {before}
          {found !== null && <mark>{found[0]}</mark>}
          {after}
        </pre>
      </section>
    </article>
  );
}

function ControllerView({ halts, state }: { readonly halts: readonly Halt[]; readonly state: State }) {
  return (
    <article aria-labelledby="controller-view">
      <h3 id="controller-view">What the controller concluded</h3>
      {halts.length === 0 && <p>No halt is recorded for this node.</p>}
      {halts.map((halt) => (
        <div key={halt.name} class="halt">
          <h4>{halt.name}</h4>
          <dl>
            <Row name="Verdict">
              halted: {textOf(halt.spec.reason)}, plan {textOf(halt.spec.planName) || "not named"}
              {textOf(halt.spec.height) && ` at ${textOf(halt.spec.height)}`}
            </Row>
            <Row name="Sources">
              {Array.isArray(halt.spec.sources) && halt.spec.sources.length > 0
                ? halt.spec.sources.map(textOf).join(", ")
                : "none that can be relied on"}
            </Row>
            <Row name="Action">
              {textOf(halt.status.action) || "none yet"}, {textOf(halt.status.phase)}{" "}
              {textOf(halt.status.reason) && `(${textOf(halt.status.reason)})`}
            </Row>
            <Row name="Why">{textOf(halt.status.message)}</Row>
          </dl>
          <ol class="steps">
            {stepsWithWrites(halt, state.writes).map(({ step, writes }, index) => (
              <li key={`${step.at}-${index}`}>
                <time>{step.at.slice(11, 23)}</time> <strong>{step.phase}</strong> {step.message}
                {writes.map((write) => (
                  <code key={`${write.at} ${write.path}`} class="write">
                    {lineOfWrite(write)}
                  </code>
                ))}
              </li>
            ))}
          </ol>
        </div>
      ))}
      <details>
        <summary>Writes to the API server, the newest first</summary>
        <ol class="writes">
          {state.writes
            .filter(({ path }) => !/\/events(\/|$)/.test(path))
            .toReversed()
            .slice(0, 30)
            .map((write) => (
              <li key={`${write.at} ${write.path}`}>
                <time>{write.at.slice(11, 23)}</time> {lineOfWrite(write)}
              </li>
            ))}
        </ol>
      </details>
    </article>
  );
}

function Row({ name, children }: { readonly name: string; readonly children: preact.ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
