import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Reach } from "./reach.ts";

/** Asks for what it is told to, over connections that it keeps. */
const ASKER = `
import { Agent, get } from "node:http";
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
process.on("message", (message) => {
  if (message.url === undefined) return;
  get(message.url, { agent }, (answer) => answer.resume().on("end", () => process.send(String(answer.statusCode))))
    .on("error", ({ code }) => process.send(code));
});
process.channel.ref();
process.send("ready");
`;

const POD = "127.77.0.1";
const OWN = "127.0.0.1";

describe("a controller's network to the nodes", () => {
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0).toReversed()) close();
  });

  async function listen(host: string): Promise<{ readonly server: Server; readonly url: string }> {
    const server = createServer((_, response) => void response.end());
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    closing.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    return { server, url: `http://${host}:${(server.address() as AddressInfo).port}/status` };
  }

  async function start(reach: Reach) {
    const child = fork("--input-type=module", ["-e", ASKER], {
      execArgv: ["--import", new URL("./node-network.ts", import.meta.url).href],
    });
    closing.push(() => child.kill("SIGKILL"));
    const ready = once(child, "message");
    child.send({ reach });
    await ready;
    return {
      reach: (next: Reach) => child.send({ reach: next }),
      ask: async (url: string): Promise<unknown> => {
        const answer = once(child, "message");
        child.send({ url });
        return (await answer)[0];
      },
    };
  }

  it.runIf(process.platform === "linux")("is cut, breaks what is open, and is healed", async () => {
    const [pod, own] = await Promise.all([listen(POD), listen(OWN)]);
    const controller = await start("all");
    expect(await controller.ask(pod.url)).toBe("200");
    let connections = 0;
    pod.server.on("request", () => (connections += 1));
    controller.reach([]);
    expect(["EHOSTUNREACH", "ECONNRESET"]).toContain(await controller.ask(pod.url));
    expect(await controller.ask(pod.url)).toBe("EHOSTUNREACH");
    expect(await controller.ask(own.url)).toBe("200");
    expect(connections).toBe(0);
    controller.reach([POD]);
    expect(await controller.ask(pod.url)).toBe("200");
  });

  it.runIf(process.platform === "linux")("is cut from the first connection on", async () => {
    const pod = await listen(POD);
    const controller = await start([]);
    expect(await controller.ask(pod.url)).toBe("EHOSTUNREACH");
  });
});
