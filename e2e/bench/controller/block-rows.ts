import { growthBetween } from "@upgrade-halt/testing";
import type { Row } from "./report.ts";
import { median } from "./samples.ts";

/** What one side took for a block of halts, until each node was swapped and its journal says that it runs. */
export interface Side {
  /** Milliseconds after the first halt was written until the last was, by the benchmark itself. */
  readonly halted: number;
  /** Until every image was set and the last pod that halted was gone. */
  readonly swapped: number;
  /** Until the last proof was written. */
  readonly proven: number;
  /** CPU seconds. */
  readonly cpu: number;
  /** Read and written. */
  readonly bytes: number;
  readonly requests: ReadonlyMap<string, number>;
}

/** What both sides took for blocks of one size, round by round. */
export interface Block {
  readonly nodes: number;
  readonly controller: readonly Side[];
  readonly bare: readonly Side[];
  /** The bare client, reading again before each act. */
  readonly careful: readonly Side[];
}

/** Of blocks from the fewest nodes up. The largest is held to the targets, and growth from each to the next. */
export function rowsOf(blocks: readonly Block[]): readonly Row[] {
  return blocks.flatMap((block, index) => {
    const isLargest = index === blocks.length - 1;
    const before = blocks[index - 1];
    return [
      ...sizeRows(block).map(({ target, ...row }) => (isLargest && target ? { ...row, target } : row)),
      ...(before ? growthRows(partOf(block), before, block) : []),
      ...(isLargest ? kindRows(block) : []),
    ];
  });
}

function partOf({ nodes, controller }: Block): string {
  return `${nodes} nodes halt in one block (medians of ${controller.length} rounds)`;
}

function sizeRows(block: Block): readonly Row[] {
  const { nodes, controller, bare, careful } = block;
  const part = partOf(block);
  const beside = (of: (side: Side) => number, scale: number) => {
    const at = (sides: readonly Side[]) => median(sides.map(of)) / scale;
    const floor = { what: "these and the rereads", value: at(careful) };
    return { part, value: at(controller), beside: { what: "fewest writes", value: at(bare) }, floor };
  };
  const atMost = (most: number, of: "ratio" | "value" = "ratio") => ({ target: { of, atMost: most } });
  return [
    { what: "halts written by the benchmark", unit: "s", ...beside(({ halted }) => halted, 1000) },
    { what: "all recorded and swapped", unit: "s", ...beside(({ swapped }) => swapped, 1000) },
    {
      ...{ what: "all recorded, swapped and proven", unit: "s" },
      ...beside(({ proven }) => proven, 1000),
      ...atMost(1.3),
    },
    {
      ...{ what: "requests a halt", unit: "" },
      ...beside(({ requests }) => sum(requests.values()), nodes),
      ...atMost(1.5),
    },
    {
      ...{ what: "read and written, a halt", unit: "KiB" },
      ...beside(({ bytes }) => bytes / 1024, nodes),
      ...atMost(2),
    },
    {
      ...{ what: "CPU a halt", unit: "ms" },
      ...beside(({ cpu }) => cpu * 1000, nodes),
      ...atMost(CPU_MS, "value"),
    },
  ];
}

/** With cost ~ n^k. */
function growthRows(part: string, before: Block, after: Block): readonly Row[] {
  const k = (what: string, of: (side: Side) => number): Row => {
    const exponent = (side: "controller" | "bare") => {
      const at = (block: Block) => ({ size: block.nodes, cost: median(block[side].map(of)) });
      return growthBetween(at(before), at(after));
    };
    return {
      part,
      what: `${what} ~ nodes^k from ${before.nodes} nodes: k`,
      unit: "",
      value: exponent("controller"),
      beside: { what: "fewest writes", value: exponent("bare") },
      target: { of: "value", atMost: 1.05 },
    };
  };
  return [k("time", ({ proven }) => proven), k("CPU", ({ cpu }) => cpu)];
}

/** Half of the CPU that a halt took when this was measured first. */
const CPU_MS = 5.7;

/** Of which kinds a halt's requests are. */
function kindRows({ nodes, controller: sides }: Block): readonly Row[] {
  const kinds = new Set(sides.flatMap(({ requests }) => [...requests.keys()]));
  return [...kinds].map((kind) => {
    const value = median(sides.map(({ requests }) => requests.get(kind) ?? 0)) / nodes;
    return { part: "of these requests, a halt", what: kind, unit: "", value };
  });
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((all, value) => all + value, 0);
}
