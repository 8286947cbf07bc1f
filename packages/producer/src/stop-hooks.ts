/** One thing to stop, by name for messages. */
export interface StopHook {
  readonly name: string;
  /**
   * Returns, or resolves, when it is stopped. It must not block the thread: while it does no timer runs, so no deadline ends
   * it and no signal is heard, and what is left is the supervisor's SIGKILL.
   */
  stop(): void | Promise<void>;
}

/** How stopping went: the hooks that threw, and the one that was still running at the deadline. */
export interface StopReport {
  readonly failed: readonly { readonly name: string; readonly cause: unknown }[];
  readonly hung?: string;
}

/**
 * Stops one after the other, in order, and never takes longer than `deadlineMs` in all. A hook that throws does not
 * keep the ones after it from running; a hook that hangs does, and is named in the report.
 */
export async function stopInOrder(hooks: readonly StopHook[], deadlineMs: number): Promise<StopReport> {
  const failed: { name: string; cause: unknown }[] = [];
  let running: string | undefined;
  const { promise: deadline, resolve: expire } = Promise.withResolvers<"late">();
  const timer = setTimeout(expire, deadlineMs, "late");
  const all = async (): Promise<"stopped"> => {
    for (const hook of hooks) {
      running = hook.name;
      try {
        await hook.stop();
      } catch (cause) {
        failed.push({ name: hook.name, cause });
      }
    }
    return "stopped";
  };
  try {
    const end = await Promise.race([all(), deadline]);
    return end === "late" && running !== undefined ? { failed, hung: running } : { failed };
  } finally {
    clearTimeout(timer);
  }
}
