#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// Many nodes are started on one machine; compiled code is kept for the next one.
enableCompileCache();
await import("../dist/main.js");
