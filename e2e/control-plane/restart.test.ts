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
import { openTestbed } from "../harness/testbed.ts";

const DOWNGRADE = terminated(72, "Wrong app version 0, upgrade handler is missing for v6.7 upgrade plan\n");

proof(
  "a kube-apiserver that is killed and started again loses and doubles no halt",
  ["FAULT-SERVER-RESTART"],
  async () => {
    const cleanup = new Cleanup();
    try {
      const { kubeconfig, restart } = await startServers(cleanup, PHANTOMS_STAY);
      const api = connect(kubeconfig);
      await installController(api, cleanup, "control-plane");
      const testbed = await openTestbed(api);
      cleanup.add(() => testbed.cleanup.run());
      await createPolicy(testbed);
      const controller = await startController(testbed);
      for (const name of ["a-0", "b-0", "c-0"]) await createPhantom(testbed, name);

      await setPhantomState(testbed, "a-0", { state: DOWNGRADE });
      await haltOf(testbed, "a", "Paged");
      await setPhantomState(testbed, "b-0", { state: DOWNGRADE });
      await restart();
      await setPhantomState(testbed, "c-0", { state: DOWNGRADE });

      await haltOf(testbed, "b", "Paged");
      await haltOf(testbed, "c", "Paged");
      expect(await haltsIn(testbed)).toHaveLength(3);
      expect(await deliveriesOf(testbed, 3)).toEqual([1, 1, 1]);
      expect(await controller.stop()).toEqual({ code: 0, signal: null });
    } finally {
      await cleanup.run();
    }
  },
);
