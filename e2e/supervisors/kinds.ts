import { daemontools } from "./daemontools.ts";
import { pm2 } from "./pm2.ts";
import { runit } from "./runit.ts";
import { s6 } from "./s6.ts";
import type { SupervisorKind } from "./service.ts";
import { supervisord } from "./supervisord.ts";

/** The supervisors of docs/supervisors.md that have a configuration there. */
export const KINDS: readonly SupervisorKind[] = [supervisord, pm2, runit, s6, daemontools];
