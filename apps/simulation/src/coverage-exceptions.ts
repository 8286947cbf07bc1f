/** A branch that no simulated cluster takes, and why it need not. */
export interface Exception {
  /** Path below `apps/mini-controller/dist`. */
  readonly file: string;
  /** Text within the branch, with single spaces. */
  readonly text: string;
  readonly why: string;
}

export const EXCEPTIONS: readonly Exception[] = [];
