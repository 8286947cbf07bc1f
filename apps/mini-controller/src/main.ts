import "./cli/save-memory.ts";

export { main } from "./cli/program.ts";
