/** The manual pages that the consumer has: of the command, and of it as kubectl's plugin. */
export const MAN_PAGES = ["upgrade-halt.1", "kubectl-upgrade_halt.1"] as const;
