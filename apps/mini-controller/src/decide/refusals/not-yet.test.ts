import { expect, test } from "vitest";
import {
  groupWith,
  HALTED,
  haltWith,
  NEW,
  observe,
  siblingWith,
  workloadWith,
} from "../../testing/observations.ts";
import { nextMove } from "../next-move.ts";

const group = groupWith({ podNames: ["sei-0-0", "sei-0-1"] });
const lagging = siblingWith({
  name: "sei-0-1",
  index: 1,
  group,
  state: { kind: "not-halted", found: "runs below it" },
});
const shared = { groups: [group] };
const swapping = {
  phase: "Swapping",
  action: "SwapImage",
  fromImage: "registry/seid:v6.6",
  toImage: "registry/seid:v6.7",
  workloadGeneration: 1,
} as const;

const told = (scene: Parameters<typeof observe>[0]) => {
  const move = nextMove(observe(scene));
  if (move.kind !== "journal") throw new Error(`a ${move.kind}, and no journal`);
  return move.status;
};

test.each([
  [
    "OwnedBy",
    workloadWith({ ...shared, manager: { who: "Argo CD application sei", by: "its annotation x" } }),
    {},
  ],
  ["ImageChangedMeanwhile", workloadWith({ ...shared, image: "registry/seid:v6.6-fix", generation: 2 }), {}],
  ["WorkloadChanged", workloadWith({ ...shared, generation: 7 }), swapping],
])(
  "a page %s, which has a person set the image, names the pods that must halt before",
  (reason, workload, status) => {
    const halt = haltWith({}, status);
    const { page, message } = told({ halt, workload, siblings: [lagging] });
    expect(page?.reason).toBe(reason);
    expect(message).toContain(
      "Wait until these pods of the same template have halted, too, which it would restart: sei-0-1 (runs below it).",
    );
    const halted = { ...lagging, state: { kind: "halted" } } as const;
    expect(told({ halt, workload, siblings: [halted] }).message).not.toContain("Wait until");
  },
);

test("a page about a partition asks for none that would restart the pods before", () => {
  const pods = ["sei-0-0", "sei-0-1", "sei-0-2"];
  const strategy = { kind: "RollingUpdate", partition: 2, written: undefined } as const;
  const workload = workloadWith({ groups: [groupWith({ podNames: pods, strategy })] });
  const { reason, message } = told({ halt: haltWith({ podName: "sei-0-1" }), workload });
  expect(reason).toBe("PartitionExcludes");
  expect(message).toMatch(/Set the partition to 1, and not lower: that would restart the pods before it\.$/);
});

test.each([
  [true, /First scale it to 0, and see on their machines that the processes have ended\. Then set /],
  [false, /First set the updateStrategy of the StatefulSet to OnDelete\. Then set .* --grace-period=30\.$/],
])(
  "a page about pods without a grace period has their template edited last (Deployment: %s)",
  (replacesPods, words) => {
    const sibling = { ...lagging, isTakenAtOnce: true, state: { kind: "halted" } } as const;
    const workload = workloadWith({ ...shared, replacesPods });
    const { reason, message } = told({
      pod: { ...HALTED, isTakenAtOnce: true },
      workload,
      siblings: [sibling],
    });
    expect(reason).toBe("PodWithoutGrace");
    expect(message).toMatch(words);
  },
);

test("a page about a partition names the pods between it and the pod that halted, which have not halted", () => {
  const podNames = ["sei-0-0", "sei-0-1", "sei-0-2", "sei-0-3"];
  const strategy = { kind: "RollingUpdate", partition: 3, written: undefined } as const;
  const rolled = groupWith({ podNames, strategy, image: NEW, updateRevision: "new" });
  const running = (index: number) =>
    siblingWith({
      name: `sei-0-${index}`,
      index,
      group: rolled,
      state: { kind: "not-halted", found: "runs below it" },
    });
  const { reason, message } = told({
    halt: haltWith({ podName: "sei-0-1" }),
    workload: workloadWith({ groups: [rolled], image: NEW }),
    siblings: [running(0), running(2)],
  });
  expect(reason).toBe("PartitionExcludes");
  expect(message).toMatch(/, too, which it would restart: sei-0-2 \(runs below it\)\.$/);
});
