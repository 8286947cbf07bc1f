// Preloaded into a program: each SIGUSR2 sets its wall clock by the next of CLOCK_JUMPS_MS, its steady clock unmoved.
const jumps = (process.env.CLOCK_JUMPS_MS ?? "").split(",").map(Number);
const TrueDate = Date;
let ahead = 0;

globalThis.Date = class extends TrueDate {
  constructor(...fields) {
    if (fields.length === 0) super(TrueDate.now() + ahead);
    else super(...fields);
  }
  static now() {
    return TrueDate.now() + ahead;
  }
};

process.on("SIGUSR2", () => {
  ahead += jumps.shift() ?? 0;
  process.stderr.write("clock set\n");
});
