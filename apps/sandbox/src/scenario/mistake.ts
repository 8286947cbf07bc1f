/** What is wrong at a place of a scenario. */
export interface Mistake {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}
