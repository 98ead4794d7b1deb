/** A function of the stack, run from its synthesized bundle in a process of its own, with the environment that the template gives it. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { HERE } from './places.ts';
import { CREDENTIALS, REGION } from './service.ts';

export interface FunctionError extends Error {
  readonly errorType: string;
}

export interface LambdaFunction {
  readonly invoke: <T>(event: unknown) => Promise<T>;
  /** What it wrote to its log so far. */
  readonly log: () => string;
  readonly stop: () => void;
}

interface Answer {
  readonly ready?: true;
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly errorType: string; readonly errorMessage: string };
}

/** @param bundle path of index.mjs */
export const startFunction = async (
  bundle: string,
  environment: Readonly<Record<string, string>>,
): Promise<LambdaFunction> => {
  const child: ChildProcess = fork(join(HERE, 'bootstrap.mjs'), [bundle], {
    execArgv: [],
    // Nothing of the test's own environment: a profile or an endpoint in it would be found by the SDK.
    env: {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (log += String(data)));
  const waiting = new Map<number, (answer: Answer) => void>();
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${bundle} ended with ${code}: ${log.slice(0, 2_000)}`)));
    child.on('message', (answer: Answer) => {
      if (answer.ready) resolve();
      else if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
    });
  });
  let count = 0;
  return {
    invoke: <T>(event: unknown) =>
      new Promise<T>((resolve, reject) => {
        const id = ++count;
        waiting.set(id, ({ result, error }) => {
          if (error === undefined) resolve(result as T);
          else reject(Object.assign(new Error(error.errorMessage), { errorType: error.errorType }));
        });
        child.send({ id, event });
      }),
    log: () => log,
    stop: () => child.kill(),
  };
};
