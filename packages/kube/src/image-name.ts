/** `ghcr.io:443/a/seid` of `ghcr.io:443/a/seid:v6.6@sha256:...`. */
export function repositoryOf(image: string): string {
  return image.replace(/@.*$/, "").replace(/:[^:/]*$/, "");
}
