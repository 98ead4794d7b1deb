/** Standard output and standard error, with writes that are whole or end the program. */
import { fstatSync, writeSync } from 'node:fs';
import type { Output } from './terminal.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device. Free some, or write elsewhere',
  EDQUOT: 'your disk quota is used up. Free some space, or write elsewhere',
  EFBIG: 'the file has reached the greatest size that is allowed. Write elsewhere',
  EIO: 'the device reports an error. Write elsewhere',
};

interface Failure {
  /** Empty when there is nothing to tell. */
  readonly sentence: string;
  readonly exitCode: number;
}

/**
 * What a failed write means for the run. A reader that stops reading, as `head` does, is no failure.
 *
 * @param name what the stream is called, such as `Standard output`
 */
export const writeFailure = (name: string, { code = '', message }: NodeJS.ErrnoException): Failure =>
  code === 'EPIPE'
    ? { sentence: '', exitCode: 0 }
    : { sentence: `${name} can't be written: ${REASONS[code] ?? message}.`, exitCode: 2 };

/** What main.ts knows of a stream of the process. */
interface Stream extends Output {
  readonly fd: number;
  readonly on: (event: 'error', listener: (error: NodeJS.ErrnoException) => void) => unknown;
}

/**
 * The stream as a command writes to it. Node takes it for success when a file takes only a part of a text, as it does when the disk
 * gets full on the way, so files are written here.
 *
 * @param fail called with each error of a write; does not return
 */
export const wholeOutput = (stream: Stream, fail: (error: NodeJS.ErrnoException) => void): Output => {
  stream.on('error', fail);
  if (!fstatSync(stream.fd).isFile()) return stream;
  return {
    write: (text) => {
      try {
        writeWhole(stream.fd, Buffer.from(text));
      } catch (error) {
        fail(error as NodeJS.ErrnoException);
      }
    },
  };
};

const writeWhole = (fd: number, bytes: Uint8Array): void => {
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written);
};
