import { Command } from "commander";
import { parse } from "yaml";
import { ActionSchema, ActionSchemas } from "../actions/action.ts";
import { SandboxError } from "../sandbox-error.ts";

/** `sandbox act`: does in a running sandbox what a control of its page does. */
export function actCommand(setCode: (code: number) => void): Command {
  return new Command("act")
    .description(
      `do in a running sandbox what the page does: ${Object.keys(ActionSchemas).join(", ")}, or play`,
    )
    .argument("<address>", "the address that the sandbox printed, token included")
    .argument("<action>", "what to do")
    .argument("[values...]", "its value, as name=value or a single word")
    .action(async (address: string, action: string, values: readonly string[]) =>
      setCode(await act(address, action, values)),
    );
}

async function act(address: string, kind: string, values: readonly string[]): Promise<number> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const token = new URLSearchParams(url?.hash.slice(1)).get("token");
  if (url === undefined || token === null)
    throw new SandboxError(
      "the address is what the sandbox printed, such as http://127.0.0.1:40000/#token=...",
    );
  const isPlay = kind === "play";
  const body = isPlay ? { name: values.join(" ") } : { [kind]: bodyOf(values) };
  const read = isPlay ? undefined : ActionSchema.safeParse(body);
  if (read?.error !== undefined)
    throw new SandboxError(
      read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "),
    );
  const response = await fetch(new URL(isPlay ? "/api/scenarios" : "/api/actions", url), {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  }).catch((cause: unknown) => {
    throw new SandboxError(`no sandbox answers at ${url.origin}`, { cause });
  });
  if (response.ok) return 0;
  const { error } = (await response.json().catch(() => ({}))) as { readonly error?: string };
  throw new SandboxError(error ?? `the sandbox answered ${response.status}`);
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
