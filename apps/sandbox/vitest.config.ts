import { unitSuite } from "../../vitest.shared.ts";

export default unitSuite({ include: ["{src,page/src}/**/*.test.ts"] });
