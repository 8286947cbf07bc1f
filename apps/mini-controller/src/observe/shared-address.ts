import type { Store } from "@upgrade-halt/kube";
import { namespaceOf } from "../kube/paths.ts";
import { mayRun, type Pod, portOf } from "../model/pod.ts";
import { podsOf } from "../model/stores.ts";
import { lookalikeOf, lookalikesOf, type NodeTraits } from "./strangers.ts";

/**
 * Other pods that may answer at the address of `pod`, at any port of it: those of its own namespace whatever they look like, of others
 * those that look like nodes. Every machine has agents with its address. `near` has the pod's namespace.
 */
export function podsAtAddressOf(
  pod: Pod,
  traits: NodeTraits,
  near: Store<Pod>,
  known: Store<Pod>,
): readonly Pod[] {
  const { namespace, uid } = pod.metadata;
  const address = podsOf.address(pod.status?.podIP ?? "");
  return [
    ...near
      .under(address)
      .filter((one) => namespaceOf(one) === namespace && one.metadata.uid !== uid && mayRun(one)),
    ...known
      .under(address)
      .filter((one) => namespaceOf(one) !== namespace && lookalikeOf(one, traits) !== undefined),
  ];
}

/**
 * Whether neither image nor port speaks for a node in the pod, as in what somebody debugs the machine with. It might declare another port
 * as well, and who answers is a node at work in any case: a recovery that it hid would be seen by nobody.
 */
export function showsNoNode(other: Pod, traits: NodeTraits): boolean {
  const { containers } = other.spec;
  return lookalikeOf(other, traits) === undefined && containers.every(({ ports = [] }) => ports.length === 0);
}

/**
 * Whether by its own word the pod serves no `/status` at the node's port: it declares others. That is enough where nothing is done for an
 * answer: several nodes of one machine are told apart by it, and so are agents.
 */
export function declaresAnotherPort(other: Pod, traits: NodeTraits): boolean {
  const nodes = lookalikesOf(other, traits);
  if (nodes.length > 0)
    return nodes.every(
      ({ container }) => (portOf(container, traits.portName) ?? traits.port) !== traits.port,
    );
  const ports = other.spec.containers.flatMap((container) => container.ports ?? []);
  return ports.length > 0 && ports.every(({ containerPort }) => containerPort !== traits.port);
}
