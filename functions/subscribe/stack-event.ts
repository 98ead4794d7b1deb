/** CloudFormation's side of a custom resource: what it asks for, and the answer without which it waits. */
import { setTimeout as wait } from 'node:timers/promises';

export interface StackEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Readonly<Record<string, unknown>>;
}

export const isStackEvent = (event: unknown): event is StackEvent =>
  typeof event === 'object' && event !== null && 'RequestType' in event && 'ResponseURL' in event;

/** What sending an answer needs of the outside. */
interface Sending {
  readonly send?: (url: string, request: RequestInit) => Promise<Pick<Response, 'ok' | 'status'>>;
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** Tries to answer, a few seconds apart; without an answer a deployment hangs until its own timeout. */
const TRIES = 4;

/**
 * Tells CloudFormation that the resource is as it was asked to be. There is no other answer: a log group that could not be
 * subscribed is reported and tried again on schedule, and may not roll a deployment back, or keep a stack from being deleted.
 */
export const succeed = async (event: StackEvent, { send = fetch, pause = wait }: Sending = {}): Promise<void> => {
  const { StackId, RequestId, LogicalResourceId, PhysicalResourceId = LogicalResourceId } = event;
  const body = JSON.stringify({ Status: 'SUCCESS', StackId, RequestId, LogicalResourceId, PhysicalResourceId });
  for (let tries = 1; ; tries++) {
    try {
      // The address is signed for an empty content type.
      const answer = await send(event.ResponseURL, { method: 'PUT', body, headers: { 'content-type': '' } });
      if (answer.ok) return;
      throw new Error(`CloudFormation answered ${answer.status} to the response for ${LogicalResourceId}.`);
    } catch (error) {
      if (tries === TRIES) throw error;
      await pause(2_000 * tries);
    }
  }
};
