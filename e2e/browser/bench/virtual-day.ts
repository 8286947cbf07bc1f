import type { ClusterEvent, RunState } from "@upgrade-halt/sandbox";

/** States of an hour: one each two virtual seconds, as a sandbox tells one at least, and a block in each. */
export const STATES_AN_HOUR = 1_800;
export const EVENTS_AN_HOUR = 2_400;
const NODES = 6;
const START = Date.UTC(2026, 0, 1);

/** What a page is told of one hour, the first being 0, state by state, as server-sent events. */
export function* hourOf(hour: number): Generator<string> {
  const each = EVENTS_AN_HOUR / STATES_AN_HOUR;
  for (let index = 1; index <= STATES_AN_HOUR; index += 1) {
    const height = hour * STATES_AN_HOUR + index;
    let text = "";
    for (let id = Math.round((height - 1) * each) + 1; id <= Math.round(height * each); id += 1)
      text += `event: cluster\nid: 1-${id}\ndata: ${JSON.stringify(eventAt(height, id))}\n\n`;
    yield `${text}${stateAt(height)}`;
  }
}

/** The state at a height, as a server-sent event. */
export function stateAt(height: number): string {
  return `event: state\ndata: ${JSON.stringify(stateOf(height))}\n\n`;
}

function timeAt(height: number): string {
  return new Date(START + (height / STATES_AN_HOUR) * 3_600_000).toISOString();
}

function eventAt(height: number, id: number): ClusterEvent {
  const node = `sei-${id % NODES}`;
  const image = "upgrade-halt.dev/mock-node:v6.7";
  return id % 2 === 0
    ? { at: timeAt(height), kind: "node-ended", node, exitCode: 70, image, lastLine: `UPGRADE ${id} NEEDED` }
    : { at: timeAt(height), kind: "node-started", node, image, podUid: `uid-${id}`, restartCount: id };
}

function stateOf(height: number): RunState {
  const nodes = Array.from({ length: NODES }, (_, index) => ({
    ...{
      node: `sei-${index}`,
      wantedImage: "a/seid:v6.7",
      podImage: "a/seid:v6.7",
      podUid: `${index}`,
      podIp: "",
    },
    ...{
      isReady: true,
      isRunning: true,
      exitCode: undefined,
      restartCount: 0,
      pid: 1,
      height,
      generation: 1,
    },
    statusFault: "",
  }));
  return {
    ...{
      run: 1,
      name: "replayed",
      title: "A day",
      question: "",
      steps: 0,
      isReady: true,
      fault: "",
      namespace: "sei",
    },
    ...{
      halts: [],
      pages: [],
      controllers: [],
      isNetworkCut: false,
      isPagerDown: false,
      armed: [],
      isolated: [],
      held: [],
      writes: [],
    },
    ...{ now: timeAt(height), nodes, policy: {}, given: undefined },
  } as unknown as RunState;
}
