import { isIP } from "node:net";

/** One host that may be paged, as it was written: `[http://]host[:port]`. */
interface Rule {
  readonly protocol: "https:" | "http:";
  /** Lower case, an IPv6 address in brackets; `*.example.com` stands for every name below it, `*` for every name. */
  readonly host: string;
  /** As `URL.port`: empty for the scheme's own, or `*` for any. */
  readonly port: string;
}

const RULE =
  /^(?:(?<scheme>https?):\/\/)?(?<host>\[[0-9a-f:.]+\]|(?:\*\.)?[a-z0-9_.-]+|\*)(?::(?<port>\d{1,5}|\*))?$/i;

/** Where PagerDuty takes events. */
export const PAGER_DUTY_HOSTS = "events.pagerduty.com,events.eu.pagerduty.com";

/**
 * The receivers that pages may go to: named by whoever runs the controller, and by nobody who may write a policy. Each is
 * `[http://]host[:port]`; https and its port 443 unless said. `*.example.com` stands for every name below
 * `example.com`, `*` for every name, `:*` for every port. An address only ever stands for itself.
 */
export class PagingHosts {
  readonly #rules: readonly Rule[];

  private constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  /** @throws {Error} that names the entry of the comma-separated list which is none. */
  static parse(list: string): PagingHosts {
    const entries = list
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== "");
    return new PagingHosts(entries.map(ruleOf));
  }

  allows({ protocol, hostname, port }: URL): boolean {
    const host = plainHost(hostname);
    return this.#rules.some(
      (rule) =>
        rule.protocol === protocol &&
        (rule.port === "*" || rule.port === port) &&
        (rule.host === host || (!isAddress(host) && standsFor(rule.host, host))),
    );
  }
}

function ruleOf(entry: string): Rule {
  const { scheme = "https", host = "", port = "" } = RULE.exec(entry)?.groups ?? {};
  const protocol = scheme.toLowerCase() === "http" ? "http:" : "https:";
  const wild = /^\*\.?/.exec(host)?.[0] ?? "";
  const name = host.slice(wild.length);
  const probe = `${protocol}//${name === "" ? "x" : name}:${port === "*" || port === "" ? "1" : port}`;
  if (host === "" || !URL.canParse(probe) || (wild === "*." && isAddress(plainHost(new URL(probe).hostname))))
    throw new Error(`${entry} is no [http://]host[:port]`);
  const plain = name === "" ? "" : plainHost(new URL(probe).hostname);
  const written = port === "*" || port === "" ? port : new URL(probe).port;
  return { protocol, host: wild + plain, port: written };
}

/** Names may be written with a dot behind them; it is the same name. */
function plainHost(hostname: string): string {
  return hostname.toLowerCase().replace(/\.$/, "");
}

function isAddress(host: string): boolean {
  return isIP(host.replace(/^\[|\]$/g, "")) !== 0;
}

function standsFor(pattern: string, host: string): boolean {
  if (pattern === "*") return true;
  return pattern.startsWith("*.") && host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1;
}
