import { goJson } from "../go-json.ts";

/**
 * The bytes of `data/upgrade-info.json`: what Go's `json.Marshal` gives for cosmovisor's `UpgradeInfo`, without a
 * newline, empty fields omitted.
 */
export function upgradeInfoBytes({
  name,
  height,
  info,
}: {
  readonly name: string;
  readonly height: number;
  readonly info: string;
}): Buffer {
  return Buffer.from(goJson({ name, height, ...(info !== "" && { info }) }));
}
