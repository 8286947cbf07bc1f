/** What an API path names; absent parts are "". */
export interface ApiPath {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  /** The deprecated `/api/v1/watch/...` form. */
  readonly isWatch: boolean;
}

/**
 * Reads `/api/v1/...` and `/apis/{group}/{version}/...` down to a resource, or undefined for any other path
 * (k8s.io/apiserver pkg/endpoints/request RequestInfo).
 */
export function parseApiPath(path: string): ApiPath | undefined {
  const [prefix, ...parts] = path
    .split("/")
    .filter((part) => part !== "")
    .map(decode);
  const group = prefix === "apis" ? parts.shift() : prefix === "api" ? "" : undefined;
  const version = parts.shift();
  if (group === undefined || version === undefined || parts.length === 0) return undefined;
  const isWatch = parts[0] === "watch" && parts.length > 1;
  if (isWatch) parts.shift();
  const [first = "", second = "", third = ""] = parts;
  const isWithin = first === "namespaces" && parts.length >= 3 && third !== "status" && third !== "finalize";
  const namespace = isWithin ? second : "";
  const [resource = "", name = "", subresource = ""] = isWithin ? parts.slice(2) : parts;
  return { group, version, resource, namespace, name, subresource, isWatch };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
