import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { ActionSchema } from "../actions/action.ts";
import { SandboxError } from "../sandbox-error.ts";

/** What is asked of a running sandbox. */
export interface ActRequest {
  readonly path: string;
  readonly method: "GET" | "POST";
  readonly type?: string;
  readonly body?: string;
}

/** The request that does what the page's control does. @throws SandboxError when there is no such action. */
export async function requestOf(kind: string, values: readonly string[]): Promise<ActRequest> {
  switch (kind) {
    case "save":
      return { path: "/api/recording", method: "GET" };
    case "play":
      return playRequest(values.join(" "));
    case "replay":
      return posted("/api/replay", bodyOf(values));
    default: {
      const body = { [kind]: bodyOf(values) };
      const read = ActionSchema.safeParse(body);
      if (read.success) return posted("/api/actions", body);
      const told = read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
      throw new SandboxError(told.join("; "));
    }
  }
}

/** A scenario by its name, or a file: of a scenario, or a recording. */
async function playRequest(what: string): Promise<ActRequest> {
  if (!/\.(ya?ml|jsonl)$/.test(what)) return posted("/api/scenarios", { name: what });
  const text = await readFile(what, "utf8").catch((cause: unknown) => {
    throw new SandboxError(`can't read ${what}`, { cause });
  });
  return what.endsWith(".jsonl")
    ? { path: "/api/recordings", method: "POST", type: "application/x-ndjson", body: text }
    : posted("/api/scenarios", { text });
}

function posted(path: string, body: unknown): ActRequest {
  return { path, method: "POST", type: "application/json", body: JSON.stringify(body) };
}

/** `node=sei-0 version=v6.7` as an object, or a single word as it is. */
function bodyOf(values: readonly string[]): unknown {
  const [first = ""] = values;
  if (values.length === 1 && !first.includes("=")) return first;
  return Object.fromEntries(
    values.map((value) => {
      const at = value.indexOf("=");
      return [value.slice(0, at), parse(value.slice(at + 1))];
    }),
  );
}
