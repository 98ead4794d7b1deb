/** How hard the tests try: little by default, so that `npm test` stays short; `CAMPAIGN=full` and `RUNS` change that. */
const DEFAULT_RUNS = process.env['CAMPAIGN'] === 'full' ? 100_000 : 1_500;

export const RUNS = Number(process.env['RUNS'] ?? DEFAULT_RUNS);

/** A property that takes longer than others runs a share of the times. */
export const runs = (share = 1): { readonly numRuns: number } => ({ numRuns: Math.max(8, Math.ceil(RUNS * share)) });

/** Milliseconds after which a property counts as hanging; a run takes a few. */
export const PATIENCE = 120_000 + RUNS * 100;
