import { get } from "node:http";
import { type JsonObject, numberAt, objectAt, stringAt } from "../json/json.ts";
import type { ContainerSpec } from "./pod-spec.ts";

/** A readiness probe of a running container: calls back when readiness changes, until stopped. */
export class ReadinessProbe {
  readonly #probe: JsonObject;
  readonly #url: string;
  readonly #onChange: (ready: boolean, why: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #isReady = false;
  #run = 0;
  #isStopped = false;

  constructor(container: ContainerSpec, podIp: string, onChange: (ready: boolean, why: string) => void) {
    this.#probe = container.readinessProbe ?? {};
    const http = objectAt(this.#probe, "httpGet");
    const port =
      typeof http.port === "number" ? http.port : container.ports.find((one) => one.name === http.port)?.port;
    this.#url = `http://${stringAt(http, "host") ?? podIp}:${port}${stringAt(http, "path") ?? "/"}`;
    this.#onChange = onChange;
    this.#schedule(this.#seconds("initialDelaySeconds", 0));
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #seconds(field: string, otherwise: number): number {
    return (numberAt(this.#probe, field) ?? otherwise) * 1000;
  }

  #schedule(milliseconds: number): void {
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#once(), milliseconds);
  }

  async #once(): Promise<void> {
    const why = await probeHttp(this.#url, this.#seconds("timeoutSeconds", 1));
    if (this.#isStopped) return;
    const succeeded = why === "";
    this.#run = succeeded === this.#isReady ? 0 : this.#run + 1;
    const needed =
      numberAt(this.#probe, succeeded ? "successThreshold" : "failureThreshold") ?? (succeeded ? 1 : 3);
    if (this.#run >= needed) {
      this.#isReady = succeeded;
      this.#run = 0;
      this.#onChange(succeeded, why);
    }
    this.#schedule(this.#nextDelay());
  }

  /** Probes a container that isn't ready yet often at first, so that a start doesn't cost a whole period. */
  #nextDelay(): number {
    const period = this.#seconds("periodSeconds", 10);
    return this.#isReady ? period : Math.min(period, 250);
  }
}

/** "" when the GET answers 200 to 399 in time, else why not. */
function probeHttp(url: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const request = get(
      url,
      { signal, headers: { "user-agent": "kube-probe/1.35", connection: "close" } },
      (answer) => {
        answer.resume();
        const status = answer.statusCode ?? 0;
        resolve(status >= 200 && status < 400 ? "" : `HTTP probe failed with statuscode: ${status}`);
      },
    );
    request.on("error", (error) => resolve(`Get "${url}": ${error.message}`));
  });
}
