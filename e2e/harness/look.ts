/** How often the API is asked for what a scenario waits for, in ms: what it waits for needs the same processors. */
export const LOOK_MS = 100;
