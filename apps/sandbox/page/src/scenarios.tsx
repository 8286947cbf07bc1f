import { useEffect, useState } from "preact/hooks";
import { ask, replay, save } from "./connection.ts";
import { Twin } from "./twin.tsx";

interface Listed {
  readonly name: string;
  readonly title: string;
  readonly question: string;
}

interface ScenariosProps {
  readonly token: string;
  readonly current: string;
  /** Why none can be played here. */
  readonly off: string | undefined;
}

/** Chooses a scenario and plays it, or one from a file. */
export function Scenarios({ token, current, off }: ScenariosProps) {
  const [list, setList] = useState<readonly Listed[]>([]);
  const [chosen, setChosen] = useState("demo");
  const [said, setSaid] = useState("");
  useEffect(() => {
    void ask<readonly Listed[]>(token, "/api/scenarios").then(setList, (error: Error) =>
      setSaid(error.message),
    );
  }, [token]);
  const when = (asked: Promise<unknown>): Promise<void> => {
    setSaid("One moment …");
    return asked.then(
      () => setSaid(""),
      (error: Error) => setSaid(`✖ ${error.message}`),
    );
  };
  const play = (body: object): Promise<void> => when(ask(token, "/api/scenarios", body));
  const open = async (file: File): Promise<void> => {
    const text = await file.text();
    return file.name.endsWith(".jsonl") ? when(replay(token, text)) : play({ text });
  };
  if (off !== undefined) return <p class="off">Scenarios: ✖ off: {off}</p>;
  return (
    <div class="scenarios">
      <label>
        Scenario{" "}
        <select value={chosen} onChange={(event) => setChosen(event.currentTarget.value)}>
          <option value="open">open: no scenario, only what you do</option>
          {list.map(({ name, question }) => (
            <option key={name} value={name}>
              {name}: {question}
            </option>
          ))}
        </select>
      </label>
      <button type="button" onClick={() => void play({ name: chosen })}>
        ▶ Play
      </button>
      <Twin command={`sandbox act "$SANDBOX" play ${chosen}`} />
      <label>
        Your own file (.yaml or .jsonl){" "}
        <input
          type="file"
          accept=".yaml,.yml,.jsonl"
          onChange={async ({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file !== undefined) await open(file);
            // So that the same file can be opened again.
            currentTarget.value = "";
          }}
        />
      </label>
      <button type="button" onClick={() => void when(save(token))}>
        Save recording
      </button>
      <Twin command={'sandbox act "$SANDBOX" save > run.jsonl'} />
      <span class="playing">now: {current}</span>
      <p class="said" role="status">
        {said}
      </p>
    </div>
  );
}
