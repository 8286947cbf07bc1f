import { useState } from "preact/hooks";
import type { ReplayState } from "../../src/recording/run-state.ts";
import { ask } from "./connection.ts";
import { Twin } from "./twin.tsx";

interface ReplayBarProps {
  readonly token: string;
  readonly replay: ReplayState;
}

const SPEEDS = [
  [0, "stand still"],
  [0.5, "half as fast"],
  [1, "as it was"],
  [4, "4 times as fast"],
  [20, "20 times as fast"],
  [1000, "1000 times as fast"],
] as const;

/** How fast a recording is told, and how far it has come. */
export function ReplayBar({ token, replay: { speed, told, of } }: ReplayBarProps) {
  const [said, setSaid] = useState("");
  const change = (next: number): void =>
    void ask(token, "/api/replay", { speed: next }).then(
      () => setSaid(""),
      (error: Error) => setSaid(`✖ ${error.message}`),
    );
  const known = SPEEDS.some(([one]) => one === speed);
  return (
    <div class="replay">
      <label>
        Speed{" "}
        <select value={speed} onChange={(event) => change(Number(event.currentTarget.value))}>
          {SPEEDS.map(([one, words]) => (
            <option key={one} value={one}>
              {words}
            </option>
          ))}
          {!known && <option value={speed}>{speed} times as fast</option>}
        </select>
      </label>
      <progress value={told} max={of} aria-label="How far the recording is told" />
      <span data-told>{told === of ? "■ told to its end" : `${told} of ${of} lines told`}</span>
      <Twin command={`sandbox act "$SANDBOX" replay speed=${speed}`} />
      <span role="status">{said}</span>
    </div>
  );
}
