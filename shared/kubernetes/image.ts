/** Container image references, parsed as the container runtimes parse them. */
import { perText } from '../primitives/memo.ts';

export interface ImageReference {
  /** As it was written, capped. */
  readonly text: string;
  /** Host with port, lower-case; `docker.io` when the reference names none. */
  readonly registry: string;
  /** Path below the registry, lower-case; `library/nginx` for the shorthand `nginx`. */
  readonly repository: string;
  /** Empty when the reference has a digest and no tag; `latest` when it has neither. */
  readonly tag: string;
  /** `sha256:…`, or empty. */
  readonly digest: string;
}

/** The longest reference that a runtime takes: 255 of repository, 128 of tag, 71 of digest, and the separators. */
const LONGEST = 512;

const DOCKER_HUB = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);

/**
 * Parses an image reference by the rules of distribution/reference: the first path part is a registry when it has a dot or a
 * colon or is `localhost`; Docker Hub's official images live under `library/`. Undefined for text that can be no reference.
 */
export const parseImage = perText((written): ImageReference | undefined => {
  const text = written.trim();
  if (text === '' || text.startsWith('sha256:') || text.length > LONGEST || /[\s"'`<>\\\u0000-\u001f\u007f]/.test(text))
    return undefined;
  const [named = '', digest = ''] = splitOnce(
    text.replace(/^(?:docker-pullable:\/\/|docker:\/\/|https?:\/\/)/, ''),
    '@',
  );
  const slash = named.lastIndexOf('/');
  const colon = named.indexOf(':', slash + 1);
  const name = (colon < 0 ? named : named.slice(0, colon)).toLowerCase();
  const tag = colon < 0 ? '' : named.slice(colon + 1);
  const [first = '', rest = ''] = splitOnce(name, '/');
  const hasRegistry = rest !== '' && (/[.:]/.test(first) || first === 'localhost');
  const registry = hasRegistry ? first : 'docker.io';
  const path = hasRegistry ? rest : name;
  if (path === '') return undefined;
  const onHub = DOCKER_HUB.has(registry);
  return {
    text,
    registry: onHub ? 'docker.io' : registry,
    repository: onHub && !path.includes('/') ? `library/${path}` : path,
    tag: tag || (digest ? '' : 'latest'),
    digest: digest.toLowerCase(),
  };
});

const parsed = (written: string): ImageReference | readonly [] => parseImage(written) ?? [];

/** Those of the texts that are image references. */
export const parseImages = (written: readonly string[]): readonly ImageReference[] => written.flatMap(parsed);

/** Registry and repository, the part that names *what* runs, whichever version of it. */
export const repositoryOf = (image: ImageReference): string => `${image.registry}/${image.repository}`;

const splitOnce = (text: string, separator: string): readonly string[] => {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + separator.length)];
};
