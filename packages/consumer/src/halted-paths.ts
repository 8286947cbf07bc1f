/** What `exec` answers with 200 at a node's RPC port while it keeps the place of the node, which halted. `/health`: it lives. */
export const HALTED_PATHS = ["/status", "/health"] as const;
