/** The same requests, told once and sent to every API server. */
export interface Conversation {
  /** Lower-case words with dashes; its steps have the namespace `compare-<name>` to themselves. */
  readonly name: string;
  readonly steps: readonly Step[];
}

export interface Step {
  /** Unique in its conversation; how later steps name it. */
  readonly name: string;
  /** `GET` unless said. */
  readonly method?: string;
  /** From the server's root; `$ns` stands for the conversation's namespace. */
  readonly path: string | ((earlier: Earlier) => string);
  readonly headers?: Headers | ((earlier: Earlier) => Headers);
  /** Sent as JSON unless it is a string. */
  readonly body?: object | string | ((earlier: Earlier) => object | string);
  /** Top-level or dotted members of the answer that may differ for a reason that the step's author knows. */
  readonly ignore?: readonly string[];
  /** Repeats the request until its answer satisfies this, for what controllers do in their own time. */
  readonly until?: (answer: Answer) => boolean;
}

export type Headers = Readonly<Record<string, string>>;

/** What a server answered: a status, and the JSON of its body, or each line's of a watch. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: any server's JSON; conversations pick from it what they send back.
  readonly body: any;
}

/** The answers to the steps before, by name. */
export type Earlier = (step: string) => Answer["body"];

export const MERGE = { "content-type": "application/merge-patch+json" };
export const JSON_PATCH = { "content-type": "application/json-patch+json" };
export const STRATEGIC = { "content-type": "application/strategic-merge-patch+json" };
export const APPLY = { "content-type": "application/apply-patch+yaml" };
export const TABLE = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };
