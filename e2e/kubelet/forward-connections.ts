/**
 * Passes connections on, from addresses where it listens to one place: `node forward-connections.ts PLACE ADDRESS...`, where each is `HOST:PORT` or
 * the path of a socket. Says `listening` once it does. A socket's path is the same in every network namespace of a machine.
 */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

const [place = "", ...addresses] = process.argv.slice(2);

function whereIs(
  address: string,
): { readonly path: string } | { readonly host: string; readonly port: number } {
  if (address.startsWith("/")) return { path: address };
  const [host = "", port] = address.split(":");
  return { host, port: Number(port) };
}

function join(from: Socket, to: Socket): void {
  from.pipe(to);
  from.once("error", () => to.destroy());
  from.once("close", () => to.destroy());
}

for (const address of addresses) {
  const server = createServer((incoming) => {
    const onward = connect(whereIs(place));
    join(incoming, onward);
    join(onward, incoming);
  });
  await once(server.listen(whereIs(address)), "listening");
}
process.stdout.write("listening\n");
