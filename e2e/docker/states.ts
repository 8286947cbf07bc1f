import type recorded from "../../packages/consumer/src/adapters/fixtures/docker-states.json";
import { OLD_IMAGE } from "./images.ts";

const FOREVER = `--init ${OLD_IMAGE} node -e 'setInterval(() => {}, 1000)'`;
const SHORT_OF_MEMORY = `--memory 64m ${OLD_IMAGE}`;
const GREEDY = `node -e "for (const all = []; ; ) all.push(Buffer.alloc(1e6, 1))"`;
const RUN = "docker run --detach --name $name";

/** How a container that is called `$name` is brought into each state of which there is a recorded sample. */
export const STATES: Readonly<Record<keyof typeof recorded, string>> = {
  created: `docker create --name $name ${FOREVER}`,
  running: `${RUN} ${FOREVER}`,
  paused: `${RUN} ${FOREVER} && docker pause $name`,
  halted: `${RUN} ${OLD_IMAGE} sh -c 'exit 72'`,
  "restarting after a halt": `${RUN} --restart always ${OLD_IMAGE} sh -c 'exit 70'`,
  "killed for its memory": `${RUN} ${SHORT_OF_MEMORY} ${GREEDY}`,
  "halted after a helper was killed for its memory": `${RUN} ${SHORT_OF_MEMORY} sh -c '${GREEDY}; exit 72'`,
  "stopped by docker stop": `${RUN} ${FOREVER} && docker stop $name`,
  "killed by docker kill": `${RUN} ${FOREVER} && docker kill $name`,
};
