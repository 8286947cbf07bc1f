import type { State, Told } from "./types.ts";

export type Link = "connecting" | "live" | "gone" | "refused";
export interface Listener {
  onState(state: State): void;
  onEvent(told: Told): void;
  onLink(link: Link): void;
}

const RETRY_MS = 1_000;
/** The server says something every 2 s: silence this long is a server that is gone. */
const SILENCE_MS = 8_000;

/** The token that the address carries. */
export function tokenOf(hash: string): string {
  return new URLSearchParams(hash.slice(1)).get("token") ?? "";
}

/** Follows the sandbox's events, again and again when the connection ends; what was shown stays. */
export async function follow(token: string, listener: Listener): Promise<never> {
  let lastId = "";
  let state: State | undefined;
  for (;;) {
    const silence = new AbortController();
    try {
      const headers = { authorization: `Bearer ${token}`, "last-event-id": lastId };
      let timer = setTimeout(() => silence.abort(), SILENCE_MS);
      const response = await fetch("/api/events", { headers, signal: silence.signal });
      if (!response.ok || response.body === null)
        listener.onLink(response.status === 401 ? "refused" : "gone");
      else {
        listener.onLink("live");
        for await (const { event, id, data } of eventsOf(response.body)) {
          clearTimeout(timer);
          timer = setTimeout(() => silence.abort(), SILENCE_MS);
          if (id !== "") lastId = id;
          if (event === "cluster") listener.onEvent({ id, event: JSON.parse(data) });
          if (event === "state" || event === "change") {
            const changed: State = { ...(event === "change" ? state : undefined), ...JSON.parse(data) };
            state = changed;
            listener.onState(changed);
          }
        }
        listener.onLink("gone");
      }
      clearTimeout(timer);
    } catch {
      listener.onLink("gone");
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

interface ServerEvent {
  readonly event: string;
  readonly id: string;
  readonly data: string;
}

/** The events of a stream (HTML standard, 9.2.6): as much of it as our server sends. */
async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  let text = "";
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    text += read.value;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const field = (name: string): string =>
        block
          .split("\n")
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2) ?? "";
      yield { event: field("event"), id: field("id"), data: field("data") };
    }
  }
}

/** Asks for something of the sandbox. @throws Error with the sentence that it answers. */
export async function ask<T>(token: string, path: string, body?: unknown): Promise<T> {
  const response = await send(token, path, body === undefined ? undefined : JSON.stringify(body));
  return (await response.json()) as T;
}

/** Lets the sandbox tell a recording. @throws Error with the sentence that it answers. */
export async function replay(token: string, text: string): Promise<void> {
  await send(token, "/api/recordings", text, "application/x-ndjson");
}

/** Gives the browser the run so far, as a file. @throws Error with the sentence that the sandbox answers. */
export async function save(token: string): Promise<void> {
  const response = await send(token, "/api/recording");
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = "run.jsonl";
  link.click();
  URL.revokeObjectURL(url);
}

async function send(
  token: string,
  path: string,
  body?: string,
  type = "application/json",
): Promise<Response> {
  const response = await fetch(path, {
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": type }),
    },
    ...(body === undefined ? {} : { method: "POST", body }),
  });
  if (response.ok) return response;
  const answer = (await response.json().catch(() => ({}))) as { readonly error?: string };
  throw new Error(answer.error ?? `the sandbox answered ${response.status}`);
}
