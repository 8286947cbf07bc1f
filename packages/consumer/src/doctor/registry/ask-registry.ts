import { z } from "@upgrade-halt/contract/zod";
import { jsonOrNothing } from "../../json-or-nothing.ts";
import { parseImage } from "./image-reference.ts";

/** What an image's registry said to somebody who gave no credentials. `why` is a clause. */
export type RegistryAnswer =
  | { readonly kind: "there" | "missing" | "refused"; readonly host: string }
  | { readonly kind: "unanswered"; readonly host: string; readonly why: string }
  | { readonly kind: "no-name" };

/** Answers by image. */
export type Registries = ReadonlyMap<string, RegistryAnswer>;

interface Limits {
  /** Of all that is asked for one image. */
  readonly timeoutMs: number;
}

/** What an index, a list or a manifest of one platform is called. */
const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");
const TokenSchema = z.object({ token: z.string().nullish(), access_token: z.string().nullish() });
/** Longest token that is read, in bytes. */
const MOST_BYTES = 65_536;

/** Asks the registries of these images, all at once. */
export async function askRegistries(images: readonly string[], limits: Limits): Promise<Registries> {
  const distinct = [...new Set(images)];
  return new Map(
    await Promise.all(distinct.map(async (image) => [image, await askRegistry(image, limits)] as const)),
  );
}

/**
 * Asks a registry whether it has an image, as a pull would begin (OCI distribution specification): by HEAD, which counts against
 * no limit of pulls, and where it wants one with a token that anybody gets. Never rejects.
 */
export async function askRegistry(image: string, { timeoutMs }: Limits): Promise<RegistryAnswer> {
  const asked = parseImage(image);
  if (asked === undefined) return { kind: "no-name" };
  const { registry, repository, reference } = asked;
  const { host } = registry;
  const url = new URL(`/v2/${repository}/manifests/${reference}`, registry);
  const signal = AbortSignal.timeout(timeoutMs);
  const ask = (authorization?: string) =>
    fetch(url, {
      method: "HEAD",
      headers: { accept: MANIFESTS, ...(authorization && { authorization }) },
      redirect: "manual",
      signal,
    });
  try {
    const first = await ask();
    const realm = first.status === 401 ? realmOf(first, registry) : undefined;
    const { status } = realm === undefined ? first : await ask(`Bearer ${await tokenOf(realm, signal)}`);
    if (status === 200) return { kind: "there", host };
    if (status === 404) return { kind: "missing", host };
    if (status === 401 || status === 403) return { kind: "refused", host };
    return { kind: "unanswered", host, why: `it answered with HTTP ${status}` };
  } catch (error) {
    return { kind: "unanswered", host, why: whyNot(error, timeoutMs) };
  }
}

/** Where a registry's challenge sends for a token: by HTTPS, unless the registry is of this machine, too. */
function realmOf({ headers }: Response, registry: URL): URL | undefined {
  const challenge = headers.get("www-authenticate") ?? "";
  if (!/^Bearer /i.test(challenge)) return undefined;
  const { realm, ...query } = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]),
  );
  const url = URL.parse(realm ?? "");
  if (url === null || (url.protocol !== "https:" && url.protocol !== registry.protocol)) return undefined;
  for (const name of ["service", "scope"]) if (query[name]) url.searchParams.set(name, query[name]);
  return url;
}

async function tokenOf(realm: URL, signal: AbortSignal): Promise<string> {
  const response = await fetch(realm, { redirect: "error", signal });
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.length > MOST_BYTES) break;
  }
  const { data } = TokenSchema.safeParse(jsonOrNothing(text));
  const token = data?.token ?? data?.access_token ?? "";
  if (!/^[\w.~+/=-]+$/.test(token)) throw new Error(`${realm.host} gave no token`);
  return token;
}

function whyNot(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer came within ${timeoutMs} ms`;
  return error.cause instanceof Error ? error.cause.message : error.message;
}
