/** Where an image is asked for: the registry's address, the repository there, and its tag or digest. */
export interface ImageReference {
  readonly registry: URL;
  readonly repository: string;
  readonly reference: string;
}

/** The grammar of the OCI distribution specification, with the host before it. */
const NAME = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]{32,}$/;
const HOST = /^(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Reads an image's name as Docker, Podman and containerd do: `seid:v6` is docker.io/library/seid:v6, a first part with a dot or a port
 * is a host, and one of this machine is asked by plain HTTP. `undefined` where it is no name of an image.
 */
export function parseImage(image: string): ImageReference | undefined {
  const [named = "", digest] = split(image, image.indexOf("@"));
  const slash = named.indexOf("/");
  const first = named.slice(0, Math.max(slash, 0));
  const isHost = /[.:]/.test(first) || first === "localhost";
  const rest = isHost ? named.slice(slash + 1) : named;
  const [path = "", tag] = split(rest, rest.indexOf(":"));
  const isOfHub = !isHost || first === "docker.io" || first === "index.docker.io";
  const host = isOfHub ? "registry-1.docker.io" : first;
  const repository = isOfHub && !path.includes("/") ? `library/${path}` : path;
  const reference = digest ?? tag ?? "latest";
  const isName = HOST.test(host) && NAME.test(repository) && (tag === undefined || TAG.test(tag));
  if (!isName || !(digest === undefined ? TAG : DIGEST).test(reference)) return undefined;
  const registry = URL.parse(`https://${host}`);
  if (registry === null) return undefined;
  if (LOOPBACK.test(registry.hostname)) registry.protocol = "http:";
  return { registry, repository, reference };
}

/** What is before a sign, and what is after it where there is one. */
function split(text: string, at: number): readonly [string, string?] {
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
