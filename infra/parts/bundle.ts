/** A function's code as one file, with what it imports and nothing else. */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { buildSync, type Metafile } from 'esbuild';
import type { Config } from '../../shared/config/config.ts';

export interface Bundle {
  readonly code: string;
  /** Changes when the code does, so that a deployment without a change uploads nothing. */
  readonly hash: string;
  /** Where every byte came from. */
  readonly metafile: Metafile;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Lambda imports this file as an ES module; `handler` is what the entry point exports. */
export const BUNDLE_FILE = 'index.mjs';

/** What stands in for the SDK's own search for credentials. */
const CREDENTIALS = fileURLToPath(new URL('../../functions/aws/credentials.ts', import.meta.url));

/**
 * Builds one entry point. Names survive (white space and dead code do not), so that a stack trace in CloudWatch can be read.
 *
 * @param entry path below the repository's root, such as `functions/detect/handler.ts`
 */
export const bundle = (entry: string, config: Config): Bundle => {
  const key = JSON.stringify([entry, config]);
  const made = built.get(key) ?? build(entry, config);
  built.set(key, made);
  return made;
};

/** Sources do not change while a synth runs. */
const built = new Map<string, Bundle>();

const build = (entry: string, config: Config): Bundle => {
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
    // Declared once at the top; `define` would have every module, used or not, ask for it.
    banner: { js: `const EKS_DETECT_CONFIG=${JSON.stringify(config)};` },
  });
  const code = outputFiles[0]?.text ?? '';
  return { code, hash: createHash('sha256').update(code).digest('hex'), metafile };
};
