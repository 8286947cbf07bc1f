import { useMemo } from "preact/hooks";
import { HORIZON_MS, type Mark, type Shape, secondsOf, type Way, waysOf } from "../../src/others/others.ts";
import { recordedHalts } from "../../src/others/recorded-halt.ts";
import type { Told } from "./types.ts";

interface OthersProps {
  readonly told: readonly Told[];
  readonly node: string;
}

const SHAPES: Readonly<Record<Shape, string>> = {
  restart: "↻",
  swap: "◆",
  ready: "●",
  page: "✉",
  step: "■",
  end: "✖",
  sleep: "z",
};
const SHORTEST_MS = 10;
const TICKS = [
  [0, "0"],
  [100, "0.1 s"],
  [1_000, "1 s"],
  [10_000, "10 s"],
  [60_000, "1 min"],
  [300_000, "5 min"],
] as const;

/** Where a time is drawn, in percent: each decade is as wide as the other. */
function leftOf(ms: number): string {
  const share = Math.log1p(ms / SHORTEST_MS) / Math.log1p(HORIZON_MS / SHORTEST_MS);
  return `${Math.min(100, share * 100)}%`;
}

/** The node's last halt, as this run recorded it, beside what others do with it. */
export function Others({ told, node }: OthersProps) {
  return useMemo(() => drawn(told, node), [told, node]);
}

function drawn(told: readonly Told[], node: string) {
  const halt = recordedHalts(told.map(({ event }) => event)).findLast((one) => one.node === node);
  return (
    <section aria-labelledby="others">
      <h2 id="others" tabIndex={-1}>
        What would the others do?
      </h2>
      {halt === undefined ? (
        <p>Once {node} has halted, its halt is drawn here beside what others would have done.</p>
      ) : (
        <>
          <p>
            {halt.node}, {halt.reason} {halt.plan}:{" "}
            {halt.exitCode === undefined
              ? "it halted and stays alive"
              : `it ended with exit code ${halt.exitCode}`}
            . Time runs from there, each tenfold as wide as the last. A dashed mark is modelled: nobody
            measured it.
          </p>
          <div class="scale" aria-hidden="true">
            {TICKS.map(([ms, label]) => (
              <span key={ms} style={{ left: leftOf(ms) }}>
                {label}
              </span>
            ))}
          </div>
          <ul class="ways">
            {waysOf(halt).map((way) => (
              <OneWay key={way.who} way={way} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function OneWay({ way: { who, sources, marks, sum } }: { readonly way: Way }) {
  return (
    <li>
      <h3>{who}</h3>
      <div class="track" aria-hidden="true">
        {marks.map((mark, index) => (
          <span
            key={index}
            class={`mark ${mark.basis} ${mark.toMs > mark.fromMs ? "span" : ""}`}
            style={
              mark.toMs > mark.fromMs
                ? { left: leftOf(mark.fromMs), right: `calc(100% - ${leftOf(mark.toMs)})` }
                : { left: leftOf(mark.toMs) }
            }
          >
            {SHAPES[mark.shape]}
          </span>
        ))}
      </div>
      <p>{sum}</p>
      <details>
        <summary>
          {marks.length} times, from {sources.join(" and ")}
        </summary>
        <ol class="times">
          {marks.map((mark, index) => (
            <li key={index}>{lineOf(mark)}</li>
          ))}
        </ol>
      </details>
    </li>
  );
}

function lineOf(mark: Mark): string {
  return `${SHAPES[mark.shape]} ${secondsOf(mark)}: ${mark.text} (${mark.basis})`;
}
