import { z } from "zod";

/** How fast a recording is told: divides the time between events; 0 stands still. */
export const SpeedSchema = z.number().min(0).max(1000);
