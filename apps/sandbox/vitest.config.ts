import { unitSuite } from "../../vitest.shared.ts";

/** Files share a worker, as each would read the descriptors and the schemas of Kubernetes again, which takes most of their time. */
export default unitSuite({ include: ["{src,page/src}/**/*.test.ts"], isolate: false });
