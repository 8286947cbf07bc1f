import { KUBERNETES_VERSION, type KubernetesVersion } from "./programs.ts";

/** Names the release in the programs themselves: without it they claim v0.0.0 and clients refuse them. */
export function linkerFlags(version: KubernetesVersion = KUBERNETES_VERSION): string {
  const [major, minor] = version.slice(1).split(".");
  const settings = { gitVersion: version, gitMajor: major, gitMinor: minor };
  const stamps = Object.entries(settings).map(
    ([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`,
  );
  return ["-s", "-w", ...stamps].join(" ");
}
