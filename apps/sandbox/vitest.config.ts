import { suite } from "../../vitest.shared.ts";

export default suite("unit", { include: ["{src,page/src}/**/*.test.ts"] });
