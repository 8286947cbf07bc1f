import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Command } from "commander";
import { ActionSchemas } from "../actions/action.ts";
import { SandboxError } from "../sandbox-error.ts";
import { requestOf } from "./act-request.ts";

/** `sandbox act`: does in a running sandbox what a control of its page does. */
export function actCommand(setCode: (code: number) => void): Command {
  return new Command("act")
    .description(
      `do in a running sandbox what the page does: ${Object.keys(ActionSchemas).join(", ")}; play a scenario or a file; replay speed=N; or save the run to standard output`,
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
  const { path, method, type, body } = await requestOf(kind, values);
  const response = await fetch(new URL(path, url), {
    method,
    headers: { authorization: `Bearer ${token}`, ...(type === undefined ? {} : { "content-type": type }) },
    ...(body === undefined ? {} : { body }),
  }).catch((cause: unknown) => {
    throw new SandboxError(`no sandbox answers at ${url.origin}`, { cause });
  });
  if (!response.ok) {
    const { error } = (await response.json().catch(() => ({}))) as { readonly error?: string };
    throw new SandboxError(error ?? `the sandbox answered ${response.status}`);
  }
  if (method === "GET" && response.body !== null)
    await pipeline(Readable.fromWeb(response.body), process.stdout, { end: false });
  return 0;
}
