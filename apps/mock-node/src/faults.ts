/** What goes wrong on purpose, for those who test a node's supervisor. */
export interface FaultOptions {
  /** A Go panic (exit 2) at the beginning of this block. */
  readonly faultPanicAt?: number;
  /** An error out of the main loop (exit 1) at the beginning of this block. */
  readonly faultErrorAt?: number;
  /** SIGKILL, as the kernel's out-of-memory killer sends it, at the beginning of this block. */
  readonly faultOomAt?: number;
  /** The process hangs, deaf to everything but SIGKILL, at the beginning of this block. */
  readonly faultHangAt?: number;
  /** SIGKILL right after this step of the halt. */
  readonly faultKillAfter?: string;
  /** Milliseconds that `/status` takes to answer. */
  readonly faultSlowStatus?: number;
  /** `/status` never ends. */
  readonly faultEndlessStatus?: boolean;
  /** The intent can't be populated. */
  readonly faultPopulate?: boolean;
  /** While it makes blocks, `/status` claims a halt for this plan. */
  readonly faultForgedHalt?: { readonly name: string; readonly height: number };
  /** The shutdown never ends by itself. */
  readonly faultHangShutdown?: boolean;
}

/** What a fault needs of the process. */
export interface FaultProcess {
  /** Sends this process a signal. */
  kill(signal: "SIGKILL"): void;
  exit(code: number): void;
  /** Writes a line to standard error. */
  print(line: string): void;
}

/** What a Go program ends with after a panic or SIGQUIT. */
export const GO_PANIC_EXIT = 2;

/** Does what is to go wrong at the beginning of the block of `height`. */
export function failAtBlock(height: number, faults: FaultOptions, process: FaultProcess): void {
  switch (height) {
    case faults.faultPanicAt:
      process.print(`panic: fault injected at height ${height}\n\n${GOROUTINE}`);
      process.exit(GO_PANIC_EXIT);
      break;
    case faults.faultErrorAt:
      process.print(`Error: fault injected at height ${height}`);
      process.exit(1);
      break;
    case faults.faultOomAt:
      process.kill("SIGKILL");
      break;
    case faults.faultHangAt:
      process.print(`fault injected at height ${height}: hanging`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      break;
    default:
  }
}

/** The stack that a Go program prints after its panic. */
export const GOROUTINE = ["goroutine 1 [running]:", "main.main()", "\t/mock-node/main.go:1 +0x0"].join("\n");

/** What a Go program prints on SIGQUIT, in as much as a log reader looks for it. */
export const QUIT_DUMP = `SIGQUIT: quit\nPC=0x0 m=0 sigcode=0\n\n${GOROUTINE}`;
