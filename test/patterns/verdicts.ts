/** What a checker of regular expressions says about the time that each takes. */
import { check, type Diagnostics, type Parameters } from 'recheck';
import { builtPatterns } from './built.ts';
import { type Literal, patternsIn } from './sources.ts';

/**
 * The checker's limits. Those on time are off except for one that catches a search without end, so that a busy machine comes to the
 * same verdict as an idle one; what is left counts steps.
 */
const LIMITS: Parameters = { timeout: 120_000, attackTimeout: null, incubationTimeout: null, seedingTimeout: null };

/** Whatever is wrong with the regular expressions of some source files, a sentence each. */
export const complaintsAbout = async (files: readonly string[], configuration: string): Promise<readonly string[]> => {
  const { literals, constructions, refused } = patternsIn(files, configuration);
  const built = await builtPatterns([...new Set(constructions.map((place) => place.slice(0, place.indexOf(':'))))]);
  const seen = new Set(built.map(({ place }) => place));
  const unseen = constructions
    .filter((place) => !seen.has(place))
    .map(
      (place) =>
        `${place}: the pattern is not built while the module loads, so nobody can check it. Make it a constant of the module.`,
    );
  return [...refused, ...unseen, ...(await slowOf([...literals, ...built]))];
};

/** Those of the patterns that are not proved to run in time that grows with the text only. */
const slowOf = async (patterns: readonly Literal[]): Promise<readonly string[]> => {
  const verdicts = new Map<string, Promise<Diagnostics>>();
  const verdictOn = ({ source, flags }: Literal): Promise<Diagnostics> => {
    const key = `/${source}/${flags}`;
    const verdict = verdicts.get(key) ?? check(source, flags, LIMITS);
    verdicts.set(key, verdict);
    return verdict;
  };
  const complaints = await Promise.all(
    patterns.map(async (pattern) => {
      const verdict = await verdictOn(pattern);
      return verdict.status === 'safe' ? [] : [complaint(pattern, verdict)];
    }),
  );
  return complaints.flat();
};

const complaint = ({ place, source, flags }: Literal, verdict: Exclude<Diagnostics, { status: 'safe' }>): string => {
  const pattern = `${place}: /${source}/${flags}`;
  return verdict.status === 'vulnerable'
    ? `${pattern} takes time that grows faster than the text (${verdict.complexity.summary}), for instance with ${verdict.attack.pattern}. Let no two parts that repeat take the same characters.`
    : `${pattern} can't be judged (${verdict.error.kind}). Make it simpler, or split it.`;
};
