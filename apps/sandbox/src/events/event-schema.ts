import { z } from "zod";

const Text = z.string();
const Count = z.int();
const seen = { at: z.string().refine((text) => !Number.isNaN(Date.parse(text)), "is no time") };
const aboutNode = { ...seen, node: Text, sinceHaltMs: z.number().optional() };
const Milliseconds = z.number().nullable();
const kind = <K extends string>(name: K) => ({ kind: z.literal(name) });

/** An event as a recording holds it; what else its line says is kept, such as the scenario's name. */
export const ClusterEventSchema = z.discriminatedUnion("kind", [
  z.looseObject({ ...kind("cluster-ready"), ...seen, server: Text, kubeconfig: Text }),
  z.looseObject({ ...kind("chapter"), ...seen, title: Text }),
  z.looseObject({ ...kind("applied"), ...seen, what: Text, objects: Count }),
  z.looseObject({ ...kind("controller-started"), ...seen, pid: Count }),
  z.looseObject({ ...kind("controller-ended"), ...seen, pid: Count, exit: Text }),
  z.looseObject({ ...kind("operator-did"), ...seen, node: Text, what: Text }),
  z.looseObject({
    ...kind("node-started"),
    ...aboutNode,
    image: Text,
    podUid: Text,
    restartCount: Count,
  }),
  z.looseObject({ ...kind("node-ready"), ...aboutNode, image: Text }),
  z.looseObject({ ...kind("node-ended"), ...aboutNode, exitCode: Count, image: Text, lastLine: Text }),
  z.looseObject({ ...kind("node-halted"), ...aboutNode, reason: Text, plan: Text, height: Count }),
  z.looseObject({ ...kind("image-changed"), ...aboutNode, from: Text, to: Text }),
  z.looseObject({
    ...kind("halt-step"),
    ...aboutNode,
    halt: Text,
    reason: Text,
    plan: Text,
    phase: Text,
    action: Text,
    message: Text,
  }),
  z.looseObject({ ...kind("paged"), ...aboutNode, key: Text, summary: Text }),
  z.looseObject({ ...kind("expectation"), ...seen, text: Text, held: z.boolean(), found: Text }),
  z.looseObject({
    ...kind("outcome"),
    ...seen,
    node: Text,
    reason: Text,
    plan: Text,
    verdict: Text,
    action: Text,
    end: Text,
    haltToSwapMs: Milliseconds,
    haltToEndMs: Milliseconds,
  }),
  z.looseObject({ ...kind("the-end"), ...seen, expectations: Count, broken: Count }),
]);
