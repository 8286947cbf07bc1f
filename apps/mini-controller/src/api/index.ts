/** The controller's objects as the API server holds them: for tests and programs that read or write them. */
export { crds, crdYaml } from "./crds.ts";
export {
  ANNOTATION_ABORT,
  ANNOTATION_ACKNOWLEDGED,
  API_VERSION,
  CONDITION_NOT_HALTED,
  LABEL_HALT,
  PURPOSE,
  PURPOSE_PAGING,
} from "./group.ts";
export type { HaltPolicy, HaltPolicySpec } from "./halt-policy.ts";
export type { NodeHalt, NodeHaltSpec, NodeHaltStatus, Phase } from "./node-halt.ts";
export type { NodeRecord, NodeRecordStatus } from "./node-record.ts";
