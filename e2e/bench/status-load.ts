/**
 * A process that puts load on servers, told by its parent which, and how much: `Slice` comes in, `SliceEnd` goes out. Its 50
 * connections to each server stay open, so that a slice starts at once and holds nothing but requests.
 */
import { Client } from "undici";

const CONNECTIONS = 50;

export interface Slice {
  readonly url: string;
  readonly requests: number;
}
export interface SliceEnd {
  readonly failures: number;
}

const clients = new Map<string, readonly Client[]>();

process.on("message", (slice: Slice) => {
  void play(slice).then((end) => process.send?.(end));
});

async function play({ url, requests }: Slice): Promise<SliceEnd> {
  const { origin, pathname } = new URL(url);
  const connections =
    clients.get(origin) ?? Array.from({ length: CONNECTIONS }, () => new Client(origin, { pipelining: 1 }));
  clients.set(origin, connections);
  let left = requests;
  let failures = 0;
  const keepBusy = async (client: Client): Promise<void> => {
    while (left > 0) {
      left -= 1;
      if (!(await isAnswered(client, pathname))) failures += 1;
    }
  };
  await Promise.all(connections.map(keepBusy));
  return { failures };
}

/** Sends one request, and reads the whole answer without keeping it. */
function isAnswered(client: Client, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    let status = 0;
    client.dispatch(
      { path, method: "GET" },
      {
        onRequestStart: () => {},
        onResponseStart: (_controller, statusCode) => {
          status = statusCode;
        },
        onResponseData: () => {},
        onResponseEnd: () => resolve(status === 200),
        onResponseError: () => resolve(false),
      },
    );
  });
}
