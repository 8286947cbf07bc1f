import { httpNode } from "./http-node.ts";

/** A registry of this machine. */
export interface Registry extends AsyncDisposable {
  /** Its address, as it stands before the name of an image. */
  readonly host: string;
  /** The requests that it got: method, path, and what was given to be let in. */
  readonly asked: readonly string[];
}

export const TOKEN = "dG9rZW4=";

/**
 * Starts a registry that has `sei:v1` for everybody, `acme/sei:v1` for who shows a token that anybody gets, and `secret/sei` for
 * nobody; `busy/sei` fails, `moved/sei` is elsewhere, and of `hung/sei` nothing is heard.
 */
export async function startRegistry(): Promise<Registry> {
  const asked: string[] = [];
  const server = await httpNode(({ method, url = "", headers: { authorization } }, response) => {
    asked.push([method, url, authorization].filter((part) => part !== undefined).join(" "));
    const of = url.split("/")[2];
    if (url.startsWith("/token")) response.end(JSON.stringify({ token: TOKEN }));
    else if (of === "hung") return;
    else if (of === "busy") response.writeHead(503).end();
    else if (of === "moved") response.writeHead(307, { location: "/v2/sei/manifests/v1" }).end();
    else if (of === "secret") response.writeHead(401, { "www-authenticate": 'Basic realm="secret"' }).end();
    else if (of === "acme" && authorization !== `Bearer ${TOKEN}`) {
      const realm = `realm="http://${host}/token",service="here",scope="repository:acme/sei:pull"`;
      response.writeHead(401, { "www-authenticate": `Bearer ${realm}` }).end();
    } else response.writeHead(url.endsWith("sei/manifests/v1") ? 200 : 404).end();
  });
  const { host } = new URL(server.url);
  return { host, asked, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}
