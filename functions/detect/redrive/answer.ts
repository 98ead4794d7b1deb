/** What Lambda answers when detect is invoked and waited for, and what that says of the batch. */
import { parseJson, textAt } from '../../../shared/primitives/json.ts';

/**
 * - `done`: all of it is in the tables
 * - `rejected`: detect can't read the payload, however often it gets it
 * - `killed`: detect ended because of what is in the batch, or it looks so
 * - `failed`: the cause is elsewhere, and passes by itself
 */
export interface Answer {
  readonly kind: 'done' | 'rejected' | 'killed' | 'failed';
  /** Error type and message, as Lambda tells them; empty when the batch is done. */
  readonly reason: string;
}

export const DONE: Answer = { kind: 'done', reason: '' };

/** By which Lambda tells that the process ended, ran out of memory, or ran out of time. */
const DEATHS = new Set(['Runtime.ExitError', 'Runtime.OutOfMemory', 'Sandbox.Timedout']);

/** The same in messages: Lambda has answered without a type, too. */
const DEATH = /\bTask timed out after \d|\bRuntime exited (?:with error|without providing a reason)/;

/**
 * Errors that come from what a batch holds: those that JavaScript itself throws, and DynamoDB's for a request that it will not take.
 * The same batch brings the same error out again, so it is searched like a batch that ends the process.
 */
const DEFECTS = new Set([
  'RangeError',
  'TypeError',
  'ReferenceError',
  'SyntaxError',
  'URIError',
  'ValidationException',
]);

/**
 * The meaning of the body that comes with a function error. Lambda answers such an invocation with status 200, sets the header
 * `FunctionError`, and tells type and message in the body.
 */
export const answerOfError = (body: string): Answer => {
  const error = parseJson(body);
  const [type, message] = [textAt(error, 'errorType'), textAt(error, 'errorMessage')];
  const reason = [type, message].filter((text) => text !== '').join(': ') || 'an error without type and message';
  if (type === 'UnreadablePayload') return { kind: 'rejected', reason };
  const isDeath = DEATHS.has(type) || DEFECTS.has(type) || (type === '' && DEATH.test(message));
  return { kind: isDeath ? 'killed' : 'failed', reason };
};
