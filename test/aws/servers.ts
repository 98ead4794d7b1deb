/** Starts both servers on loopback before the tests, and stops them afterwards. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { TestProject } from 'vitest/node';
import { LOOPBACK } from './lambda.ts';
import { EMULATORS, JARS, MOTO } from './places.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URLs of the servers. */
    readonly moto: string;
    readonly dynamodbLocal: string;
  }
}

/** A port that nobody had a moment ago. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, LOOPBACK, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** Milliseconds until a server that does not answer counts as hanging. */
const PATIENCE = 300_000;

/** Waits until something answers, whatever it answers. */
const answers = async (name: string, url: string, server: ChildProcess): Promise<void> => {
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; await wait(200)) {
    if (server.exitCode !== null) break;
    if (
      await fetch(url)
        .then(() => true)
        .catch(() => false)
    )
      return; // prettier-ignore
  }
  throw new Error(`${name} did not start. Delete the folder .emulators and try again.`);
};

const start = async (name: string, command: string, argsOf: (port: number) => readonly string[]) => {
  const port = await freePort();
  const server = spawn(command, argsOf(port), { cwd: EMULATORS, stdio: ['ignore', 'ignore', 'ignore'] });
  server.on('error', () => {});
  const url = `http://${LOOPBACK}:${port}`;
  await answers(name, url, server);
  return { server, url };
};

export default async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  const started = await Promise.all([
    start('moto', MOTO, (port) => ['-H', LOOPBACK, '-p', String(port)]),
    start('DynamoDB Local', 'java', (port) => [
      `-Djava.library.path=${JARS}`,
      '-cp',
      `${JARS}/*`,
      'com.amazonaws.services.dynamodbv2.local.main.ServerRunner',
      '-inMemory',
      '-disableTelemetry',
      '-port',
      String(port),
    ]),
  ]);
  const [moto, dynamodbLocal] = started;
  // Lambda functions are only named as destinations here; the tests run them themselves.
  await fetch(`${moto.url}/moto-api/config`, { method: 'POST', body: '{"lambda":{"use_docker":false}}' });
  provide('moto', moto.url);
  provide('dynamodbLocal', dynamodbLocal.url);
  return async () => {
    for (const { server } of started) server.kill('SIGKILL');
  };
};
