import { describe, expect, it, vi } from 'vitest';
import { DETECT_FUNCTION } from '../../../../functions/aws/environment.ts';
import { answerOfError } from '../../../../functions/detect/redrive/answer.ts';
import { createInvoke } from '../../../../functions/detect/redrive/invoke.ts';

/** Bodies as Lambda writes them. */
describe('what a function error says of the batch', () => {
  const error = (errorType: string, errorMessage: string) => JSON.stringify({ errorType, errorMessage });

  it.each([
    [
      'killed by the system',
      error('Runtime.ExitError', 'RequestId: 1 Error: Runtime exited with error: signal: killed'),
    ],
    ['out of memory', error('Runtime.OutOfMemory', 'RequestId: 1 Error: Runtime exited with error: signal: killed')],
    ['aborted by V8', error('Runtime.ExitError', 'RequestId: 1 Error: Runtime exited with error: signal: aborted')],
    ['gone', error('Runtime.ExitError', 'RequestId: 1 Error: Runtime exited without providing a reason')],
    ['out of time', error('Sandbox.Timedout', 'RequestId: 1 Error: Task timed out after 120.00 seconds')],
    [
      'out of time, without a type',
      '{"errorMessage":"2026-03-02T13:08:30.962Z 1 Task timed out after 120.01 seconds"}',
    ],
    ['out of stack', '{"errorType":"RangeError","errorMessage":"Maximum call stack size exceeded","trace":[]}'],
    [
      'refused by DynamoDB for what is in it',
      error('ValidationException', 'One or more parameter values are not valid.'),
    ],
  ])('%s: the batch is searched', (_name, body) => {
    expect(answerOfError(body).kind).toBe('killed');
  });

  it.each([
    ['DynamoDB is down', error('InternalServerError', 'Internal server error')],
    ['DynamoDB does not answer', error('TimeoutError', 'Request did not complete in 10000 ms')],
    ['an error that quotes another', error('Error', 'Task timed out after 3 attempts')],
    ['nothing', ''],
    ['no JSON', '<html>'],
  ])('%s: it is tried later', (_name, body) => {
    expect(answerOfError(body)).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/./) });
  });

  it('an unreadable payload: it is not tried again', () => {
    expect(answerOfError(error('UnreadablePayload', 'not gzip'))).toEqual({
      kind: 'rejected',
      reason: 'UnreadablePayload: not gzip',
    });
  });
});

describe('invoking detect', () => {
  const invoked = async (send: (input: Record<string, unknown>) => unknown) => {
    vi.stubEnv(DETECT_FUNCTION, 'arn:aws:lambda:eu-west-1:111122223333:function:detect');
    const client = { send: async ({ input }: { input: Record<string, unknown> }) => send(input) };
    return createInvoke(client as never)('data');
  };

  it('waits for the function that the stack names, with the payload as CloudWatch Logs sends it', async () => {
    let asked: Record<string, unknown> = {};
    const answer = await invoked((input) => {
      asked = input;
      return { StatusCode: 200, Payload: Buffer.from('null') };
    });
    expect(answer).toEqual({ kind: 'done', reason: '' });
    expect(asked).toEqual({
      FunctionName: 'arn:aws:lambda:eu-west-1:111122223333:function:detect',
      Payload: '{"awslogs":{"data":"data"}}',
    });
  });

  it('reads the error of a function that died', async () => {
    const body = '{"errorType":"Runtime.ExitError","errorMessage":"killed"}';
    const answer = await invoked(() => ({ StatusCode: 200, FunctionError: 'Unhandled', Payload: Buffer.from(body) }));
    expect(answer).toEqual({ kind: 'killed', reason: 'Runtime.ExitError: killed' });
  });

  it('takes what Lambda itself refuses for a failure that passes', async () => {
    const answer = await invoked(() => {
      throw Object.assign(new Error('Rate exceeded'), { name: 'TooManyRequestsException' });
    });
    expect(answer).toEqual({ kind: 'failed', reason: 'TooManyRequestsException: Rate exceeded' });
  });
});
