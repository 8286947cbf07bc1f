/** API group and version of both custom resources (docs/architecture.md, "The controller's API"). */
export const GROUP = "upgrade-halt.dev";
export const VERSION = "v1alpha1";
export const API_VERSION = `${GROUP}/${VERSION}`;

/** Labels and annotations that the controller writes or reads. All carry the group as their prefix. */
export const LABEL_POLICY = `${GROUP}/policy`;
export const LABEL_POD = `${GROUP}/pod`;
/** On a pod that stands halted: the reason token of its halt, for alert rules that look at pods (docs/guides/alerts.md). */
export const LABEL_HALT = `${GROUP}/halt`;
/** On a NodeHalt: a person has seen the failure, so it no longer spends the policy's error budget. */
export const ANNOTATION_ACKNOWLEDGED = `${GROUP}/acknowledged`;
/** On a NodeHalt: a person wants nothing more to be done about this halt, whatever its step. */
export const ANNOTATION_ABORT = `${GROUP}/abort`;
/** Pod condition for `spec.readinessGates`: False while the node is halted. */
export const CONDITION_NOT_HALTED = `${GROUP}/NotHalted`;

/** Label, or annotation, of a Secret that says what it is for; the controller reads none that is not for paging. */
export const PURPOSE = `${GROUP}/purpose`;
export const PURPOSE_PAGING = "paging";
/** Annotation of such a Secret: the only receivers that its values are for. */
export const PAGING_HOSTS = `${GROUP}/paging-hosts`;
