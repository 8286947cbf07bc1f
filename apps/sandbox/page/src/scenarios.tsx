import { useEffect, useState } from "preact/hooks";
import { ask } from "./connection.ts";

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
  const play = async (body: object): Promise<void> => {
    setSaid("Setting up …");
    await ask(token, "/api/scenarios", body).then(
      () => setSaid(""),
      (error: Error) => setSaid(`✖ ${error.message}`),
    );
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
      <label>
        Your own{" "}
        <input
          type="file"
          accept=".yaml,.yml"
          onChange={async (event) => {
            const file = event.currentTarget.files?.[0];
            if (file !== undefined) await play({ text: await file.text() });
          }}
        />
      </label>
      <code class="twin">sandbox act "$SANDBOX" play {chosen}</code>
      <span class="playing">now: {current}</span>
      <p class="said" role="status">
        {said}
      </p>
    </div>
  );
}
