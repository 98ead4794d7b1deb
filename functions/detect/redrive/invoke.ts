/** Invokes the deployed detect and waits for it, so that its death is an answer and not the death of the function that asks. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DETECT_SECONDS } from '../../aws/agreed.ts';
import { DETECT_FUNCTION, required } from '../../aws/environment.ts';
import { type Answer, answerOfError, DONE } from './answer.ts';

/** Hands a payload (`awslogs.data`) to detect. Never throws: what went wrong is in the answer. */
export type Invoke = (data: string) => Promise<Answer>;

/** Milliseconds until a connection over which no answer came is given up: detect must have ended. */
const LONGEST_WAIT = (DETECT_SECONDS + 10) * 1_000;

/** One attempt only: the queue tries again, and an attempt takes the time of another piece. */
const deployedClient = (): LambdaClient =>
  new LambdaClient({ maxAttempts: 1, requestHandler: { requestTimeout: LONGEST_WAIT, throwOnRequestTimeout: true } });

export const createInvoke = (client: Pick<LambdaClient, 'send'> = deployedClient()): Invoke => {
  const FunctionName = required(DETECT_FUNCTION);
  return async (data) => {
    const Payload = JSON.stringify({ awslogs: { data } });
    try {
      const { FunctionError, Payload: body } = await client.send(new InvokeCommand({ FunctionName, Payload }));
      return FunctionError === undefined ? DONE : answerOfError(Buffer.from(body ?? []).toString('utf8'));
    } catch (error) {
      return { kind: 'failed', reason: String(error) };
    }
  };
};
