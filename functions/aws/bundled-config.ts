/** The configuration of a deployment: a file beside the bundle, so that a change of it leaves the code as it is. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Config, DEFAULT_CONFIG } from '../../shared/config/config.ts';
import { isObject } from '../../shared/primitives/json.ts';

/** The file's name. infra/ writes what was checked at synth into it. */
export const CONFIG_FILE = 'config.json';

let read: Config | undefined;

/** Read once for each container, at the first use, so that a test can import a handler without the file. */
export const bundledConfig = (): Config => {
  read ??= readConfigFile(fileURLToPath(new URL(CONFIG_FILE, import.meta.url)));
  return read;
};

/** @throws an error that says what is wrong with the file and what to do */
export const readConfigFile = (path: string): Config => {
  const config = parsed(path);
  if (!isObject(config)) throw broken(path, 'holds no JSON object');
  const missing = Object.keys(DEFAULT_CONFIG).filter((name) => !Object.hasOwn(config, name));
  if (missing.length > 0) throw broken(path, `lacks ${missing.join(' and ')}`);
  return config as unknown as Config;
};

const parsed = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw broken(path, 'is missing', error);
    throw broken(path, `can't be read (${String(error)})`, error);
  }
};

const broken = (path: string, what: string, cause?: unknown): Error =>
  new Error(
    `The configuration ${path} ${what}. Deploy the function with eks-detect's own stack, which puts it beside the code.`,
    { cause },
  );
