import { expect } from "vitest";
import { connect } from "../harness/api.ts";
import { Cleanup } from "../harness/cleanup.ts";
import { startController } from "../harness/controller.ts";
import { createPhantom, setPhantomState, terminated } from "../harness/fixtures/phantom-pods.ts";
import { installController } from "../harness/install.ts";
import { deliveriesOf, haltOf, haltsIn } from "../harness/observe.ts";
import { createPolicy } from "../harness/operator.ts";
import { proof } from "../harness/proof.ts";
import { PHANTOMS_STAY, startServers } from "../harness/targets/control-plane.ts";
import { openWorld } from "../harness/world.ts";

const DOWNGRADE = terminated(72, "Wrong app version 0, upgrade handler is missing for v6.7 upgrade plan\n");

proof(
  "a kube-apiserver that is killed and started again loses and doubles no halt",
  ["FAULT-SERVER-RESTART"],
  async () => {
    const cleanup = new Cleanup();
    try {
      const { kubeconfig, restartApiServer } = await startServers(cleanup, PHANTOMS_STAY);
      const api = connect(kubeconfig);
      await installController(api, cleanup, "control-plane");
      const world = await openWorld(api);
      cleanup.add(() => world.cleanup.run());
      await createPolicy(world);
      const controller = await startController(world);
      for (const name of ["a-0", "b-0", "c-0"]) await createPhantom(world, name);

      await setPhantomState(world, "a-0", { state: DOWNGRADE });
      await haltOf(world, "a", "Paged");
      await setPhantomState(world, "b-0", { state: DOWNGRADE });
      await restartApiServer();
      await setPhantomState(world, "c-0", { state: DOWNGRADE });

      await haltOf(world, "b", "Paged");
      await haltOf(world, "c", "Paged");
      expect(await haltsIn(world)).toHaveLength(3);
      expect(await deliveriesOf(world, 3)).toEqual([1, 1, 1]);
      expect(await controller.stop()).toEqual({ code: 0, signal: null });
    } finally {
      await cleanup.run();
    }
  },
);
