#!/usr/bin/env node
/** The program `eks-detect`. */
import { createLocator } from '../place.ts';
import { command } from './command.ts';

/** Whoever reads our output may stop reading, as `head` does. That is no error. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

const logsClient = async () => {
  const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs');
  return new CloudWatchLogsClient({ maxAttempts: 10 });
};

const tablesClient = async () => {
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  return new DynamoDBClient({ maxAttempts: 10 });
};

process.exitCode = await command(process.argv.slice(2), {
  terminal: process,
  now: Date.now(),
  locate: createLocator(),
  logsClient,
  tablesClient,
});
