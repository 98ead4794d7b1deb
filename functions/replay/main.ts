#!/usr/bin/env node
/** The program `eks-detect`. */
import { command } from './command.ts';

/** Whoever reads our output may stop reading, as `head` does. That is no error. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

process.exitCode = await command(process.argv.slice(2), { terminal: process, now: Date.now() });
