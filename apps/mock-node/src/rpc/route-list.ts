import type { Method } from "./method.ts";

/** The page of links that a node shows to a browser at `/`. */
export function routeList(host: string, methods: ReadonlyMap<string, Method>): string {
  const links = [...methods].map(([name, { args }]) => {
    const query = args.length === 0 ? "" : `?${args.map((arg) => `${arg}=_`).join("&amp;")}`;
    const url = `//${escapeHtml(host)}/${name}${query}`;
    return `<a href="${url}">${url}</a></br>`;
  });
  return `<html><body><br>Available endpoints:<br>${links.join("")}</body></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
