/** Where things are. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const HERE = fileURLToPath(new URL('.', import.meta.url));
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Ignored by git. */
export const EMULATORS = join(ROOT, '.emulators');
export const MOTO = join(EMULATORS, 'venv', 'bin', 'moto_server');
export const JARS = join(EMULATORS, 'jars');

/** What `cdk synth` wrote for these tests. */
export const ASSEMBLY = join(EMULATORS, 'cdk.out');
