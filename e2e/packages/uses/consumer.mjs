import { deepEqual, equal } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { adviceFor } from "./consumer-0.ts";

// What the README's function makes of a pod that halted, without a height that anybody saw: a person is paged.
const terminated = { exitCode: 70, reason: "Error", message: 'UPGRADE "v6.7" NEEDED at height: 240000000: ' };
const status = { containerStatuses: [{ name: "seid", state: { terminated } }] };
writeFileSync("pod.json", JSON.stringify({ metadata: { name: "sei-0" }, status }));
const advice = adviceFor("pod.json");
equal(advice.action, "page");
deepEqual(advice.reason, "HeightNotSeen");
