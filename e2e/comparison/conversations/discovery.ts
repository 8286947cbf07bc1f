import type { Conversation } from "../conversation.ts";

/** What clients ask before they ask for anything: versions, groups, health. */
export const discovery: Conversation = {
  name: "discovery",
  steps: [
    { name: "health", path: "/healthz" },
    { name: "live", path: "/livez" },
    { name: "ready", path: "/readyz" },
    { name: "versions", path: "/api", ignore: ["serverAddressByClientCIDRs"] },
    { name: "a group", path: "/apis/apps" },
    { name: "no group", path: "/apis/nonsense.example" },
    { name: "no path", path: "/nonsense" },
  ],
};
