/** undici's agent without the rest of undici, which takes 13 MB more: docs/adr/0007. */
declare module "undici/lib/dispatcher/agent.js" {
  import { Agent } from "undici";
  export default Agent;
}
