import { equal } from "node:assert/strict";
import { app } from "./producer-1.ts";

// The README's app serves the status of a node that has not halted.
const response = await app.inject("/status");
equal(response.statusCode, 200);
equal(response.body, '{"node_info":{"network":"pacific-1"}}');
