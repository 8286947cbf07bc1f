import { describe, expect, it } from "vitest";
import { Isolation } from "./isolation.ts";
import { isReachable, type Reach } from "./reach.ts";

describe("the network between the controllers and the nodes", () => {
  function start() {
    const nodes = [
      { node: "sei-0", podIp: "127.20.0.1" },
      { node: "sei-1", podIp: "127.20.0.2" },
    ];
    const told: Reach[] = [];
    return {
      nodes,
      told,
      isolation: new Isolation(
        () => nodes,
        (reach) => told.push(reach),
      ),
    };
  }

  it("is cut to one node, stays cut for its next pod, and is healed", () => {
    const { nodes, told, isolation } = start();
    isolation.isolate("sei-0");
    isolation.look();
    nodes[0] = { node: "sei-0", podIp: "127.20.0.3" };
    isolation.look();
    nodes[1] = { node: "sei-1", podIp: "127.20.0.4" };
    isolation.look();
    expect(isolation.isolated()).toEqual(["sei-0"]);
    isolation.rejoin("sei-0");
    expect(told).toEqual([["127.20.0.2"], ["127.20.0.4"], "all"]);
    expect(isolation.isolated()).toEqual([]);
  });

  it.each<[string, Reach, boolean]>([
    ["127.20.0.1", "all", true],
    ["127.20.0.1", ["127.20.0.2"], false],
    ["127.20.0.2", ["127.20.0.2"], true],
    ["127.0.0.1", [], true],
  ])("%s among %j: %s", (address, reach, is) => {
    expect(isReachable(address, reach)).toBe(is);
  });
});
