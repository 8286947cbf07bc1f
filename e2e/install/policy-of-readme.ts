import { parse } from "yaml";
import { CONTAINER, NODE_LABELS } from "../harness/fixtures/mock-nodes.ts";

/** The one upgrade that the policy lists, in place of the README's. */
export interface ListedUpgrade {
  readonly height: number;
  readonly image: string;
}

/** The policy that the README of the controller shows, with what is different for mock nodes. */
export function policyOfReadme(readme: string, namespace: string, { height, image }: ListedUpgrade): object {
  const [, text = ""] =
    /^```yaml\n(apiVersion: upgrade-halt\.dev\/\S+\nkind: HaltPolicy\n.*?)^```$/ms.exec(readme) ?? [];
  const { spec, ...policy } = parse(text);
  const [upgrade] = spec.upgrades;
  return {
    ...policy,
    metadata: { ...policy.metadata, namespace },
    spec: {
      ...spec,
      selector: { matchLabels: NODE_LABELS },
      chainId: "mock-1",
      container: CONTAINER,
      allowTags: true,
      upgrades: [{ ...upgrade, height, image }],
    },
  };
}
