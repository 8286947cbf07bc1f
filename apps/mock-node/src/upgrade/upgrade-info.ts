import { encodeGoString } from "../go-json.ts";

/**
 * The bytes of `data/upgrade-info.json`: what Go's `json.Marshal` gives for cosmovisor's `UpgradeInfo`, without a
 * newline, empty fields omitted.
 */
export function upgradeInfoBytes(info: {
  readonly name: string;
  readonly height: number;
  readonly info: string;
}): Buffer {
  const fields = [`"name":${encodeGoString(info.name)}`, `"height":${info.height}`];
  if (info.info !== "") fields.push(`"info":${encodeGoString(info.info)}`);
  return Buffer.from(`{${fields.join(",")}}`);
}
