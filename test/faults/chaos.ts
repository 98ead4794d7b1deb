/** Faults by chance: what goes wrong, how often, and a record of what did. */
import type { Chance } from './chance.ts';

/** Everything that a campaign can do to the pipeline. */
export const KINDS = [
  'crash before a call',
  'crash after a call',
  'timeout',
  'throttled',
  'internal error before',
  'internal error after',
  'unprocessed keys',
  'PutEvents partial failure',
  'BatchImportFindings partial failure',
  'Security Hub throttled',
  'batch duplicated',
  'batch reordered',
  'batch split',
  'retries used up',
  'batch with a deadly record',
  'deadly record read',
  'redrive without time',
  'stream batch repeated',
  'stream given up',
  'event duplicated',
  'message repeated',
  'notification repeated',
  'poison payload',
  'poison message',
  'poison stream record',
  'outage of DynamoDB',
  'outage of EventBridge',
  'outage of Security Hub',
  'Security Hub not subscribed',
] as const;
export type Kind = (typeof KINDS)[number];
export type Tally = Record<Kind, number>;

export const emptyTally = (): Tally => Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Tally;

export interface Chaos {
  readonly chance: Chance;
  readonly tally: Tally;
  /** Whether this goes wrong now. Counted when it does; nothing goes wrong any more when the storm is over. */
  readonly strikes: (kind: Kind, probability: number) => boolean;
  readonly count: (kind: Kind) => void;
  readonly calm: () => void;
}

export const createChaos = (chance: Chance, isStormy: boolean): Chaos => {
  const tally = emptyTally();
  let stormy = isStormy;
  const count = (kind: Kind) => {
    tally[kind]++;
  };
  return {
    chance,
    tally,
    count,
    strikes: (kind, probability) => {
      if (!stormy || !chance.hits(probability)) return false;
      count(kind);
      return true;
    },
    calm: () => {
      stormy = false;
    },
  };
};

/** The process is gone: nothing that it does from here on has an effect. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** An error as a service's client throws it. */
export const serviceError = (name: string): Error => Object.assign(new Error(`${name} by chance`), { name });

/** One run of a function. */
export interface Invocation {
  readonly isDead: () => boolean;
  /** Ends the process. */
  readonly end: (kind: Kind) => never;
  /** A call to a service: something may go wrong before it, instead of it, and after it. */
  readonly call: <T>(
    effect: () => T,
    errors?: { readonly throttled?: string; readonly internal?: string },
  ) => Promise<T>;
}

const OFTEN = 0.02;
const SELDOM = 0.008;

export const createInvocation = (chaos: Chaos): Invocation => {
  let dead = false;
  const die = (kind: Kind, probability: number) => {
    if (chaos.strikes(kind, probability)) dead = true;
    if (dead) throw new Crash(kind);
  };
  const end = (kind: Kind): never => {
    chaos.count(kind);
    dead = true;
    throw new Crash(kind);
  };
  const call: Invocation['call'] = async (effect, errors = {}) => {
    // Other invocations get their turn, as they do over a network.
    for (let turns = chaos.chance.below(4); turns > 0; turns--) await Promise.resolve();
    if (dead) throw new Crash('it was dead already');
    die('crash before a call', SELDOM);
    if (errors.throttled && chaos.strikes('throttled', OFTEN)) throw serviceError(errors.throttled);
    if (errors.internal && chaos.strikes('internal error before', SELDOM)) throw serviceError(errors.internal);
    const result = effect();
    if (errors.internal && chaos.strikes('internal error after', SELDOM)) throw serviceError(errors.internal);
    die('timeout', SELDOM / 2);
    die('crash after a call', SELDOM);
    return result;
  };
  return { isDead: () => dead, end, call };
};
