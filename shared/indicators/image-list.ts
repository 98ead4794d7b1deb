/** Lists of registries and repositories, as a configuration names them. */
import { type ImageReference, repositoryOf } from '../kubernetes/image.ts';
import { perObject } from '../primitives/memo.ts';

/**
 * Whether an image comes from one of the places: a registry (`ghcr.io`), or a path below one (`ghcr.io/team`). A `*` stands for any
 * characters but a slash. A place ends where a path step ends, so `ghcr.io/team` takes in neither `ghcr.io/teammate/x` nor
 * `ghcr.io.example.com/team`.
 */
export const isFrom = (places: readonly string[], image: ImageReference): boolean => {
  const repository = repositoryOf(image);
  return patternsOf(places).some((pattern) => pattern.test(repository));
};

const patternsOf = perObject((places: readonly string[]): readonly RegExp[] => places.map(patternOf));

const patternOf = (place: string): RegExp => {
  const literal = place
    .toLowerCase()
    .replace(/\/+$/, '')
    .replace(/[\\^$+?.()|[\]{}]/g, '\\$&');
  return new RegExp(`^${literal.replace(/\*+/g, '[^/]*')}(?:/|$)`);
};
