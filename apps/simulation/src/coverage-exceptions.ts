/** A branch that no simulated cluster takes, and why it need not. */
export interface Exception {
  /** Path below `apps/mini-controller/dist`; any file unless said. */
  readonly file?: string;
  /** All of the branch's text, with single spaces; with `file`, any part of it. */
  readonly text: string;
  readonly why: string;
}

export const EXCEPTIONS: readonly Exception[] = [
  { text: '?? ""', why: "Namespaces, UIDs and versions: the API server gives every object its own." },
  { text: "?? {}", why: "A status that the API server's schema or the informer has filled in." },
  {
    file: "act/actor.js",
    text: "rests on what was not read again",
    why: "The reconciler reads again before each act; this is the last barrier should it not.",
  },
  {
    file: "act/actor.js",
    text: 'case "send-page":',
    why: "The page teller takes these; the compiler asks for every case.",
  },
  {
    file: "act/actor.js",
    text: 'case "resolve-page":',
    why: "The page teller takes these; the compiler asks for every case.",
  },
  {
    file: "act/actor.js",
    text: "the workload to change is not there",
    why: "A missing workload is refused before; this is the last barrier should it not be.",
  },
  {
    file: "observe/status-watch.js",
    text: "get size()",
    why: "For a metric, which nobody reads in the simulation.",
  },
  {
    file: "observe/status-watch.js",
    text: "stop() {",
    why: "An orderly end: a simulated replica only ever crashes.",
  },
  {
    file: "model/pod.js",
    text: "`[",
    why: "Simulated addresses are IPv4; pod.test.ts covers the other.",
  },
];
