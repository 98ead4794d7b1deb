/** What is uploaded for a function: its code as one file, with what it imports and nothing else, and the configuration beside it. */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { buildSync, type Metafile } from 'esbuild';
import { CONFIG_FILE } from '../../functions/aws/bundled-config.ts';
import type { Config } from '../../shared/config/config.ts';

export interface Bundle {
  readonly code: string;
  /** Changes when the code does. */
  readonly hash: string;
  /** Where every byte came from. */
  readonly metafile: Metafile;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Lambda imports this file as an ES module; `handler` is what the entry point exports. */
export const BUNDLE_FILE = 'index.mjs';

/** Replaces the SDK's own search for credentials. */
const CREDENTIALS = fileURLToPath(new URL('../../functions/aws/credentials.ts', import.meta.url));

/**
 * Builds one entry point. Names survive (white space and dead code do not), so that a stack trace in CloudWatch can be read.
 *
 * @param entry path below the repository's root, such as `functions/detect/handler.ts`
 */
export const bundle = (entry: string): Bundle => {
  const made = built.get(entry) ?? build(entry);
  built.set(entry, made);
  return made;
};

/** Sources do not change while a synth runs. */
const built = new Map<string, Bundle>();

const build = (entry: string): Bundle => {
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile: BUNDLE_FILE,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    charset: 'utf8',
    treeShaking: true,
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'silent',
    alias: { '@aws-sdk/credential-provider-node': CREDENTIALS },
  });
  const code = outputFiles[0]?.text ?? '';
  return { code, hash: hashOf([code]), metafile };
};

export interface Asset {
  /** Contents by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Changes when one of the files does, so that a deployment without a change uploads nothing. */
  readonly hash: string;
}

/** All that a function is deployed with: its bundle, and the configuration that it reads at its start. */
export const assetOf = (entry: string, config: Config): Asset => {
  const files = { [BUNDLE_FILE]: bundle(entry).code, [CONFIG_FILE]: JSON.stringify(config) };
  return { files, hash: hashOf(Object.entries(files).flat()) };
};

const hashOf = (texts: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text}\0`);
  return hash.digest('hex');
};
