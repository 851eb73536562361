/**
 * How much is tried. `npm test` takes the same thousand inputs each time; `npm run fuzz` takes a hundred thousand others
 * and prints the seed, with which a found case comes again.
 */
export interface FuzzSettings {
  /** Inputs of a cheap property. */
  numRuns: number
  seed: number
}

export function fuzzSettings(env: Readonly<Record<string, string | undefined>> = process.env): FuzzSettings {
  return { numRuns: Number(env['FUZZ_RUNS'] ?? 1000), seed: Number(env['FUZZ_SEED'] ?? 20_261_121) }
}
