#!/usr/bin/env node
/** The program `eks-detect`. */
import { writeSync } from 'node:fs';
import { createLocator } from '../aws/geoip.ts';
import { command } from './command.ts';
import { wholeOutput, writeFailure } from './output/whole-output.ts';

const failed =
  (name: string) =>
  (error: NodeJS.ErrnoException): never => {
    const { sentence, exitCode } = writeFailure(name, error);
    try {
      if (sentence !== '') writeSync(process.stderr.fd, `${sentence}\n`);
    } catch {
      // Standard error can't be written either; the exit code says it.
    }
    process.exit(exitCode);
  };

const { stdin, env } = process;
const terminal = {
  stdin,
  stdout: wholeOutput(process.stdout, failed('Standard output')),
  stderr: wholeOutput(process.stderr, failed('Standard error')),
  env,
};

const logsClient = async () => {
  const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs');
  return new CloudWatchLogsClient({ maxAttempts: 10 });
};

const tablesClient = async () => {
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  return new DynamoDBClient({ maxAttempts: 10 });
};

process.exitCode = await command(process.argv.slice(2), {
  terminal,
  now: Date.now(),
  locate: createLocator(),
  logsClient,
  tablesClient,
});
