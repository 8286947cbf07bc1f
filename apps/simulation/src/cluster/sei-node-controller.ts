import type { ApiServer } from "../server/api-server.ts";
import {
  type Deployment,
  isControlledBy,
  PATHS,
  pathOf,
  pathOfObject,
  type SeiNetwork,
  type SeiNode,
  type StatefulSet,
  type Stored,
} from "../server/objects.ts";
import type { Random } from "../time/random.ts";
import type { VirtualTime } from "../time/virtual-time.ts";

export interface SeiNodeControllerOptions {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly server: ApiServer;
}

const ME = "sei-node-controller";
const NETWORK = "sei-network-controller";
/** How often a SeiNetwork writes its image into the nodes that it owns. */
const WRITE_BACK_MS = 30_000;

/** Sei's own controllers: a SeiNode's image goes on to its StatefulSet, and a SeiNetwork's to its SeiNodes. */
export class SeiNodeController {
  readonly #options: SeiNodeControllerOptions;
  /** Image that a network declares for a node that it owns, by the node's name. */
  readonly #declared = new Map<string, string>();

  constructor(options: SeiNodeControllerOptions) {
    this.#options = options;
    const { server, time, random } = options;
    server.watch(PATHS.seiNodes, 0, ({ object, type }) => {
      if (type === "DELETED") return;
      time.later(random.between(50, 2_000), () =>
        this.#carry(object.metadata.namespace, object.metadata.name),
      );
    });
    server.watch(PATHS.seiNetworks, 0, ({ object, type }) => {
      if (type === "DELETED") return;
      time.later(random.between(50, 2_000), () => this.#declare(object));
      if (type === "ADDED") this.#declareAgain(object);
    });
  }

  /** A network writes its image into each of its nodes, and into what else it runs. */
  #declare({ metadata: { namespace, name, uid } }: Stored): void {
    const { server } = this.#options;
    const network = server.find<SeiNetwork>(PATHS.seiNetworks, namespace, name);
    if (network?.metadata.uid !== uid || typeof network.spec.image !== "string") return;
    const { image } = network.spec;
    for (const node of server.all<SeiNode>(PATHS.seiNodes).filter(isControlledBy(uid)))
      server.mergePatch(NETWORK, pathOfObject(PATHS.seiNodes, node), { spec: { image } }, false);
    this.#carryToDeployments(uid, image);
  }

  #declareAgain(network: Stored): void {
    const { server, time } = this.#options;
    time.later(WRITE_BACK_MS, () => {
      const { namespace, name } = network.metadata;
      if (server.find(PATHS.seiNetworks, namespace, name) === undefined) return;
      this.#declare(network);
      this.#declareAgain(network);
    });
  }

  #carryToDeployments(uid: string, image: string): void {
    const { server } = this.#options;
    for (const deployment of server.all<Deployment>(PATHS.deployments).filter(isControlledBy(uid))) {
      const { template } = deployment.spec;
      const containers = template.spec.containers.map((container, index) =>
        index === 0 ? { ...container, image } : container,
      );
      const spec = { template: { ...template, spec: { ...template.spec, containers } } };
      server.mergePatch(ME, pathOfObject(PATHS.deployments, deployment), { spec }, false);
    }
  }

  /** A network takes the node over with the image that it has now. */
  adopt({ metadata: { name, namespace }, spec }: SeiNode): void {
    if (this.#declared.has(name)) return;
    this.#declared.set(name, spec.image);
    const network = { apiVersion: "sei.io/v1alpha1", kind: "SeiNetwork", name: "net", uid: "uid-net" };
    const path = pathOf(PATHS.seiNodes, namespace, name);
    const metadata = { ownerReferences: [{ ...network, controller: true }] };
    this.#options.server.mergePatch(NETWORK, path, { metadata }, false);
    const writeBack = () => {
      const image = this.#declared.get(name);
      if (this.#options.server.find(PATHS.seiNodes, namespace, name) !== undefined)
        this.#options.server.mergePatch(NETWORK, path, { spec: { image } }, false);
      this.#options.time.later(WRITE_BACK_MS, writeBack);
    };
    this.#options.time.later(WRITE_BACK_MS, writeBack);
  }

  #carry(namespace: string, name: string): void {
    const { server } = this.#options;
    const node = server.find<SeiNode>(PATHS.seiNodes, namespace, name);
    const set = server.find<StatefulSet>(PATHS.statefulSets, namespace, name);
    if (typeof node?.spec.image === "string") this.#carryToDeployments(node.metadata.uid, node.spec.image);
    if (node === undefined || set === undefined) return;
    const isOwn = set.metadata.ownerReferences?.some(({ uid }) => uid === node.metadata.uid);
    const [container] = set.spec.template.spec.containers;
    if (typeof node.spec.image !== "string") return;
    if (!isOwn || container === undefined || container.image === node.spec.image) return;
    const [, ...others] = set.spec.template.spec.containers;
    const containers = [{ ...container, image: node.spec.image }, ...others];
    const template = { ...set.spec.template, spec: { ...set.spec.template.spec, containers } };
    const path = pathOf(PATHS.statefulSets, namespace, name);
    server.mergePatch(ME, path, { spec: { template } }, false);
  }
}
