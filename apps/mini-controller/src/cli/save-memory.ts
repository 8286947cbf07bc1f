/**
 * Imported first, for its effect: V8 collects sooner and lets its heap grow less. What the controller keeps of ten thousand
 * pods is 30 MB; left to itself V8 keeps the garbage of their first list for as long as nothing else is to be done.
 */
import { setFlagsFromString } from "node:v8";

setFlagsFromString("--memory-saver-mode");
