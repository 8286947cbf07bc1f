/**
 * The zod that `HaltIntentSchema` is made with. Whoever builds a larger schema from it takes zod from here, so that both come
 * from one copy.
 *
 * @module
 */
export { z } from "zod";
