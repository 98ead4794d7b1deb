/**
 * Callers by the raw text of their blocks. The same few hundred callers make nearly all requests of a cluster, and the API server
 * writes a caller the same way every time, so who asked is parsed once and recognised by comparing text.
 */

import { auditEvent } from '../../events/audit.ts';
import type { Actor } from '../../events/event.ts';
import { isObject, parseJson } from '../../primitives/json.ts';
import { copied } from '../../primitives/memo.ts';
import type { TimeRange } from '../../primitives/time.ts';
import type { Rule } from '../rule.ts';
import type { Candidate } from '../selection.ts';
import { endOfValue, type Spelling, unescaped } from './spelling.ts';

/** Somebody at an address with a user agent, and what was found out about them. */
export interface Caller {
  /** The record's text from `user` to the end of `userAgent`: equal text, equal caller. */
  readonly raw: string;
  readonly actor: Actor;
  readonly impersonated: Actor | undefined;
  readonly address: string;
  readonly userAgent: string;
  /** By number of a candidate set: those of it that take this caller in. */
  readonly taking: (readonly Candidate[] | undefined)[];
  /** A predicate has thrown on this caller. */
  isDoubtful: boolean;
  /** The key of the cluster that `saturated` is about. */
  cluster: string;
  /** When a sighting of this caller adds nothing to what is kept. Read it by `saturatedOf`. */
  readonly saturated: Map<Rule, TimeRange>;
}

/** When sightings of a caller in a cluster add nothing; what was known about another cluster is forgotten. */
export const saturatedOf = (caller: Caller, cluster: string): Map<Rule, TimeRange> => {
  if (caller.cluster !== cluster) {
    caller.cluster = cluster;
    caller.saturated.clear();
  }
  return caller.saturated;
};

/** Callers that are remembered at once; a user agent is whatever its client says, so beyond this all are forgotten. */
const MOST_CALLERS = 4_096;

/** Characters that a caller may take; an IAM session with its groups takes about 700. */
const LONGEST_CALLER = 6_000;

/** Callers of one name that look alike where the first two of that name differed. */
const MOST_ALIKE = 4;

/** Callers whose texts begin alike, as those of one user name do. */
interface LookAlikes {
  /** Offset at which the first two of them differ; 0 while there is only one. */
  difference: number;
  /** By what they have there. */
  readonly alike: Map<number, Caller[]>;
}

/** What may stand between `user` and the end of `userAgent`. */
const BLOCKS = new Set(['user', 'impersonatedUser', 'authenticationMetadata', 'sourceIPs', 'userAgent']);

/** What the API server always writes of a caller. `userAgent` was found already. */
const NEEDED = ['user', 'sourceIPs'] as const;

export interface Callers {
  /** The caller whose blocks begin at `at` of a record's text; undefined for one that can't be recognised. */
  readonly find: (text: string, at: number, spelling: Spelling) => Caller | undefined;
}

export const createCallers = (mostCallers = MOST_CALLERS): Callers => {
  const byBeginning = new Map<number, LookAlikes>();
  let size = 0;

  const remember = (lookAlikes: LookAlikes, caller: Caller): void => {
    const first = lookAlikes.difference === 0 ? [...lookAlikes.alike.values()][0]?.[0] : undefined;
    if (first !== undefined) {
      lookAlikes.difference = differenceOf(first.raw, caller.raw);
      lookAlikes.alike.clear();
      lookAlikes.alike.set(wordAt(first.raw, lookAlikes.difference), [first]);
    }
    const key = wordAt(caller.raw, lookAlikes.difference);
    const list = lookAlikes.alike.get(key) ?? [];
    lookAlikes.alike.set(key, list);
    if (list.unshift(caller) > MOST_ALIKE) list.pop();
    else size++;
  };

  const find = (text: string, at: number, spelling: Spelling): Caller | undefined => {
    const beginning = beginningAt(text, at);
    const lookAlikes = byBeginning.get(beginning);
    if (lookAlikes !== undefined) {
      const list = lookAlikes.alike.get(wordAt(text, at + lookAlikes.difference));
      if (list !== undefined) {
        for (const caller of list) if (text.slice(at, at + caller.raw.length) === caller.raw) return caller;
      }
    }
    const caller = readCaller(text, at, spelling);
    if (caller === undefined) return undefined;
    if (size >= mostCallers) {
      byBeginning.clear();
      size = 0;
    }
    const kept = byBeginning.get(beginning) ?? { difference: 0, alike: new Map() };
    byBeginning.set(beginning, kept);
    remember(kept, caller);
    return caller;
  };
  return { find };
};

/** Characters of a beginning: `"user":{"username":"` and a name of usual length. */
const BEGINNING = 88;

/** A number for how a caller's text begins, to look callers up by; only equality of the whole text tells who it is. */
const beginningAt = (text: string, at: number): number => {
  let hash = 0;
  for (let index = at + SAME; index < at + BEGINNING; index++)
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return hash;
};

/** Characters with which all begin, in either spelling. */
const SAME = 20;

/** Four characters as a number; 0 past the end of the text. */
const wordAt = (text: string, at: number): number =>
  text.charCodeAt(at) ^
  (text.charCodeAt(at + 1) << 8) ^
  (text.charCodeAt(at + 2) << 16) ^
  (text.charCodeAt(at + 3) << 24);

/** Where four characters begin that are not the same in both, and are part of both. */
const differenceOf = (a: string, b: string): number => {
  let index = 0;
  while (index < a.length && a.charCodeAt(index) === b.charCodeAt(index)) index++;
  return Math.min(index, a.length - 4, b.length - 4);
};

/**
 * Parses the blocks. `,"userAgent":"` followed by a string occurs once in them: the keys of `user` and `impersonatedUser` are
 * fixed, and those of `extra`, which others may choose, hold arrays. That the piece is whole members of an object, and of these
 * names only, is what parsing it as one proves.
 */
const readCaller = (text: string, at: number, spelling: Spelling): Caller | undefined => {
  // Who sends no user agent must not have the text searched to its end, record by record.
  const found = text.slice(at, at + LONGEST_CALLER).indexOf(spelling.userAgent);
  if (found < 0) return undefined;
  const agent = at + found;
  const end = endOfValue(text, agent + spelling.userAgent.length, spelling);
  if (end < 0 || end - at > LONGEST_CALLER) return undefined;
  const raw = copied(text.slice(at, end + spelling.quote.length));
  const own = unescaped(raw, spelling);
  const blocks = own && parseJson(`{${own}}`);
  if (!isObject(blocks) || Object.keys(blocks).some((name) => !BLOCKS.has(name))) return undefined;
  // It is missing here, so it may come after a body.
  if (NEEDED.some((name) => !(name in blocks))) return undefined;
  // The same reading as the slow path's, so that nothing can be understood differently here.
  const { actor, impersonated, address, userAgent } = auditEvent(blocks, '', { cluster: '' }, {});
  return {
    raw,
    actor,
    impersonated,
    address,
    userAgent,
    taking: [],
    isDoubtful: false,
    cluster: '',
    saturated: new Map(),
  };
};
