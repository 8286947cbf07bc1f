import { API_VERSION, type NodeHalt } from "@upgrade-halt/mini-controller/api";
import { controllerKubeconfig } from "../../harness/controller.ts";
import { loadKubeconfig } from "../../harness/kubeconfig.ts";
import { accessOf, BareClient, JSON_PATCH, type Write } from "./bare-client.ts";
import { type BenchCluster, createNamespace, WIDTH } from "./bench-cluster.ts";
import { createSet, NEW_IMAGE, OLD_IMAGE } from "./phantom-sets.ts";
import { createPolicy } from "./policy.ts";
import { Rereads } from "./rereads.ts";

const NAMESPACE = "bench-bare-swaps";
const IMAGE = "/spec/template/spec/containers/0/image";

interface StatefulSet {
  readonly metadata: { readonly name: string; readonly uid: string };
}

/**
 * What four requests in a row take that no swap can do without, one swap after the other on an idle machine, in ms: the halt is
 * recorded, the swap announced, all that docs/security.md demands read again, the image set. `like` is a journal that the controller
 * wrote. Nobody watches, decides or waits for anything.
 */
export async function timeBareSwaps(
  cluster: BenchCluster,
  like: NodeHalt,
  swaps: number,
): Promise<readonly number[]> {
  await createNamespace(cluster, NAMESPACE);
  await createPolicy(cluster, NAMESPACE);
  // Who else may write no journal.
  const client = new BareClient(accessOf(loadKubeconfig(await controllerKubeconfig(cluster))), WIDTH);
  cluster.cleanup.add(() => client.close());
  const rereads = new Rereads(client);
  const times: number[] = [];
  for (let index = 0; index < swaps; index += 1) {
    cluster.progress(`bare swaps timed: ${index} of ${swaps}`);
    const set = await cluster.client.send<StatefulSet>(withoutPods(createSet(NAMESPACE, `sei-${index}`, 1)));
    times.push(await swapOnce(client, rereads, { set, like }));
  }
  return times;
}

async function swapOnce(
  client: BareClient,
  rereads: Rereads,
  { set, like }: { readonly set: StatefulSet; readonly like: NodeHalt },
): Promise<number> {
  const { name, uid } = set.metadata;
  const writes = writesOf(name, uid, like);
  const [create, announce, swap] = writes;
  const began = performance.now();
  const halt = await client.send<NodeHalt>(create);
  await client.send({ ...announce, body: { ...halt, status: announcedOf(like) } });
  await rereads.of({ node: { namespace: NAMESPACE, name, setUid: uid, podUid: "" }, writes });
  await client.send(swap);
  return performance.now() - began;
}

function writesOf(name: string, uid: string, { spec }: NodeHalt): readonly [Write, Write, Write] {
  const halts = `/apis/${API_VERSION}/namespaces/${NAMESPACE}/nodehalts`;
  const halt = { apiVersion: API_VERSION, kind: "NodeHalt", metadata: { name }, spec };
  return [
    { method: "POST", path: halts, body: halt },
    { method: "PUT", path: `${halts}/${name}/status`, body: undefined },
    {
      method: "PATCH",
      path: `/apis/apps/v1/namespaces/${NAMESPACE}/statefulsets/${name}`,
      contentType: JSON_PATCH,
      body: [
        { op: "test", path: "/metadata/uid", value: uid },
        { op: "test", path: IMAGE, value: OLD_IMAGE },
        { op: "replace", path: IMAGE, value: NEW_IMAGE },
      ],
    },
  ];
}

/** The journal's status as it was when the swap was announced. */
function announcedOf({ status }: NodeHalt): NodeHalt["status"] {
  if (status === undefined) throw new Error("the journal has no status");
  const { seen, action, toImage, steps = [] } = status;
  const until = steps.findIndex(({ phase }) => phase === "Swapping") + 1;
  return { ...{ seen, action, toImage }, phase: "Swapping", steps: steps.slice(0, until) };
}

function withoutPods(write: Write): Write {
  const body = write.body as { readonly spec: object };
  return { ...write, body: { ...body, spec: { ...body.spec, replicas: 0 } } };
}
