import type recorded from "../../packages/consumer/src/adapters/fixtures/podman-states.json";
import { OLD_IMAGE } from "../docker/images.ts";

const FOREVER = `--init ${OLD_IMAGE} node -e 'setInterval(() => {}, 1000)'`;
const RUN = "podman run --detach --name $name";

/** How a container that is called `$name` is brought into each state of which there is a recorded sample. */
export const STATES: Readonly<Record<keyof typeof recorded, string>> = {
  created: `podman create --name $name ${FOREVER}`,
  initialized: `podman create --name $name ${FOREVER} && podman init $name`,
  running: `${RUN} ${FOREVER}`,
  paused: `${RUN} ${FOREVER} && podman pause $name`,
  halted: `${RUN} ${OLD_IMAGE} sh -c 'exit 72'`,
  "killed by a signal": `${RUN} --init ${OLD_IMAGE} sh -c 'kill -KILL $$'`,
  "stopped by podman stop": `${RUN} ${FOREVER} && podman stop $name`,
  "killed by podman kill": `${RUN} ${FOREVER} && podman kill $name`,
};
