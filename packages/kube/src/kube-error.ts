import { CodedError } from "./coded-error.ts";

/** Every way in which a request to an API server can fail. */
export type KubeErrorCode =
  | "not-found"
  | "already-exists"
  | "conflict"
  | "invalid"
  | "gone"
  | "forbidden"
  | "unauthorized"
  | "too-many-requests"
  | "too-large"
  | "server-error"
  | "unreachable"
  | "timeout"
  | "bad-kubeconfig";

/** What an API server answered that is no success, or why it could not be asked. */
export class KubeError extends CodedError<KubeErrorCode> {}
