/** Lists of registries and repositories, as a configuration names them. */
import { type ImageReference, repositoryOf } from '../kubernetes/image.ts';
import { globTest } from '../primitives/glob.ts';
import { perObject } from '../primitives/memo.ts';

/**
 * Whether an image comes from one of the places: a registry (`ghcr.io`), or a path below one (`ghcr.io/team`). A `*` stands for any
 * characters but a slash. A place ends where a path step ends, so `ghcr.io/team` takes in neither `ghcr.io/teammate/x` nor
 * `ghcr.io.example.com/team`.
 */
export const isFrom = (places: readonly string[], image: ImageReference): boolean => {
  const steps = repositoryOf(image).split('/');
  return patternsOf(places).some(
    (tests) => tests.length <= steps.length && tests.every((test, index) => test(steps[index] as string)),
  );
};

type Test = (text: string) => boolean;

const patternsOf = perObject((places: readonly string[]) => places.map(patternOf));

/** One test for each step of the place's path. */
const patternOf = (place: string): readonly Test[] => {
  const steps = place.toLowerCase().split('/');
  while (steps.length > 1 && steps.at(-1) === '') steps.pop();
  return steps.map(globTest);
};
