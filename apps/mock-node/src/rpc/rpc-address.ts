/** Where RPC listens. */
export interface RpcAddress {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
}

/** The address in `tcp://host:port`, as seid's `--rpc.laddr` takes it; `undefined` when it is none. */
export function parseRpcAddress(text: string): RpcAddress | undefined {
  const match = /^tcp:\/\/(\[[0-9a-fA-F:]+\]|[^:/[\]]+):(\d{1,5})$/.exec(text);
  if (match?.[1] === undefined || Number(match[2]) > 65_535) return undefined;
  return { host: match[1].replace(/^\[(.*)\]$/, "$1"), port: Number(match[2]) };
}

/** The URL under which a listening address is reached. */
export function urlOf({ host, port }: RpcAddress): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
