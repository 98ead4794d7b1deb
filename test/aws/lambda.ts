/** A function of the stack, run from its synthesized bundle in a process of its own, with the environment that the template gives it. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { HERE } from './places.ts';
import { CREDENTIALS, REGION } from './service.ts';

export const LOOPBACK = '127.0.0.1';

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

/** One process, until it ends. */
interface Sandbox {
  readonly invoke: (id: number, event: unknown) => Promise<Answer>;
  readonly hasEnded: () => boolean;
  readonly stop: () => void;
}

const startSandbox = async (
  bundle: string,
  env: NodeJS.ProcessEnv,
  onLog: (text: string) => void,
): Promise<Sandbox> => {
  const child: ChildProcess = fork(join(HERE, 'bootstrap.mjs'), [bundle], {
    execArgv: [],
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => onLog(String(data)));
  const waiting = new Map<number, (answer: Answer) => void>();
  let ended = false;
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code, signal) => {
      ended = true;
      reject(new Error(`${bundle} ended with ${code ?? signal} before it was ready. Its log says why.`));
      const how = signal === null ? `exit status ${code}` : `signal: ${signal === 'SIGKILL' ? 'killed' : signal}`;
      for (const answer of waiting.values()) answer({ error: endedBy(how) });
    });
    child.on('message', (answer: Answer) => {
      if (answer.ready) resolve();
      else if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
    });
  });
  const invoke = (id: number, event: unknown) =>
    new Promise<Answer>((resolve) => {
      waiting.set(id, (answer) => {
        waiting.delete(id);
        resolve(answer);
      });
      child.send({ id, event });
    });
  return { invoke, hasEnded: () => ended, stop: () => child.kill() };
};

/** What Lambda answers when the process ends in the middle. */
const endedBy = (how: string) => ({
  errorType: 'Runtime.ExitError',
  errorMessage: `RequestId: 0 Error: Runtime exited with error: ${how}`,
});

/** @param bundle path of index.mjs */
export const startFunction = async (
  bundle: string,
  environment: Readonly<Record<string, string>>,
): Promise<LambdaFunction> => {
  let log = '';
  const start = () =>
    startSandbox(
      bundle,
      // Nothing of the test's own environment: a profile or an endpoint in it would be found by the SDK.
      {
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
        ...environment,
      },
      (text) => {
        log += text;
      },
    );
  let sandbox = await start();
  let count = 0;
  return {
    invoke: async <T>(event: unknown) => {
      // Lambda, too, starts another process for the next invocation.
      if (sandbox.hasEnded()) sandbox = await start();
      const { result, error } = await sandbox.invoke(++count, event);
      if (error !== undefined) {
        throw Object.assign(new Error(error.errorMessage), { errorType: error.errorType }) satisfies FunctionError;
      }
      return result as T;
    },
    log: () => log,
    stop: () => sandbox.stop(),
  };
};
