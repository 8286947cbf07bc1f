import { CodedError, type KubeErrorCode } from "@upgrade-halt/kube";

/** Every way in which the controller can fail to do something, besides what an API server answers. */
export type ControllerErrorCode =
  | KubeErrorCode
  | "not-leading"
  | "names-taken"
  | "bad-reference"
  | "secret-not-marked"
  | "host-not-allowed"
  | "page-refused";

/** The one error class of the controller. */
export class ControllerError extends CodedError<ControllerErrorCode> {}
