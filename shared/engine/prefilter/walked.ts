/** What a walk over the text of a record takes from it. */
import type { Outcome } from '../../events/event.ts';
import type { Caller } from './callers.ts';

export type Stage = 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete' | 'Panic';

/** One object for all records, since a million of them would cost more than the walk. */
export interface Walked {
  stage: Stage;
  verb: string;
  resource: string;
  subresource: string;
  outcome: Outcome;
  caller: Caller;
  /** Where the request's path and query are in the text. */
  uriFrom: number;
  uriEnd: number;
  /** Index after the record's last character. */
  end: number;
  /** Milliseconds since the epoch at which the API server received the request. */
  time: number;
}
