/**
 * Callers by the raw text of their blocks. The same few hundred callers make nearly all requests of a cluster, and the API server
 * writes a caller the same way every time, so who asked is parsed once and recognised by comparing text.
 */
import { auditEvent } from './audit-event.ts';
import type { Actor } from './event.ts';
import { isObject, parseJson } from './json.ts';
import type { Rule } from './rule.ts';
import { copied, endOfSimpleValue, endOfValue, type Spelling, unescaped } from './screen-text.ts';
import type { Ask } from './selection.ts';
import type { Span } from './settled.ts';

/** Somebody at an address with a user agent, and what was found out about them. */
export interface Caller {
  /** The record's text from `user` to the end of `userAgent`: equal text, equal caller. */
  readonly raw: string;
  readonly actor: Actor;
  readonly impersonated: Actor | undefined;
  readonly address: string;
  readonly userAgent: string;
  /** By number of the question: what of it takes this caller in. */
  readonly answers: (readonly Ask[] | undefined)[];
  /** A predicate has thrown on this caller. */
  isDoubtful: boolean;
  /** Where `settled` holds for. */
  origin: string;
  /** When a sighting of this caller adds nothing to what is kept. */
  readonly settled: Map<Rule, Span>;
}

/** Callers that are remembered at once; a user agent is whatever its client says, so beyond this all are forgotten. */
const MOST_CALLERS = 4_096;

/** Characters that a caller may take; an IAM session with its groups takes about 700. */
const LONGEST_CALLER = 6_000;

/** Callers of one name that look alike where the first two of that name differed. */
const MOST_ALIKE = 4;

/** Characters that are compared where two callers of the same name first differ. */
const FORK = 12;

/** Callers of one user name, in one spelling. */
interface Namesakes {
  /** Offset at which the first two of them differ; 0 while there is only one. */
  fork: number;
  readonly alike: Map<string, Caller[]>;
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
  const byName = new Map<string, Namesakes>();
  let size = 0;

  const remember = (namesakes: Namesakes, caller: Caller): void => {
    const first = namesakes.fork === 0 ? [...namesakes.alike.values()][0]?.[0] : undefined;
    if (first !== undefined) {
      namesakes.fork = firstDifference(first.raw, caller.raw);
      namesakes.alike.clear();
      namesakes.alike.set(forkOf(namesakes, first.raw, 0), [first]);
    }
    const key = forkOf(namesakes, caller.raw, 0);
    const list = namesakes.alike.get(key) ?? [];
    namesakes.alike.set(key, list);
    if (list.unshift(caller) > MOST_ALIKE) list.pop();
    else size++;
  };

  const find = (text: string, at: number, spelling: Spelling): Caller | undefined => {
    const name = nameAt(text, at, spelling);
    const namesakes = byName.get(name);
    if (namesakes !== undefined) {
      const list = namesakes.alike.get(forkOf(namesakes, text, at));
      if (list !== undefined) {
        for (const caller of list) if (text.slice(at, at + caller.raw.length) === caller.raw) return caller;
      }
    }
    const caller = readCaller(text, at, spelling);
    if (caller === undefined) return undefined;
    if (size >= mostCallers) {
      byName.clear();
      size = 0;
    }
    const kept = byName.get(name) ?? { fork: 0, alike: new Map() };
    byName.set(copied(name), kept);
    remember(kept, caller);
    return caller;
  };
  return { find };
};

/** What tells callers of one name apart, of the one whose blocks begin at `at`. */
const forkOf = ({ fork }: Namesakes, text: string, at: number): string => text.slice(at + fork, at + fork + FORK);

/** The user name as it is spelled, to look callers up by; only equality of the whole text tells who it is. */
const nameAt = (text: string, at: number, spelling: Spelling): string => {
  const { username } = spelling;
  if (text.slice(at, at + username.length) !== username.text) return '';
  const end = endOfSimpleValue(text, at + username.length, spelling);
  return end < 0 || end - at > LONGEST_CALLER ? '' : text.slice(at + username.length, end);
};

const firstDifference = (a: string, b: string): number => {
  let index = 0;
  while (index < a.length && a.charCodeAt(index) === b.charCodeAt(index)) index++;
  return index;
};

/**
 * Parses the blocks. `,"userAgent":"` with a string behind it occurs once in them: the keys of `user` and `impersonatedUser` are
 * fixed, and those of `extra`, which others may choose, hold arrays. That the piece is whole members of an object, and of these
 * names only, is what parsing it as one proves.
 */
const readCaller = (text: string, at: number, spelling: Spelling): Caller | undefined => {
  const agent = text.indexOf(spelling.userAgent, at);
  if (agent < 0 || agent - at > LONGEST_CALLER) return undefined;
  const end = endOfValue(text, agent + spelling.userAgent.length, spelling);
  if (end < 0 || end - at > LONGEST_CALLER) return undefined;
  const raw = copied(text.slice(at, end + spelling.quote.length));
  const own = unescaped(raw, spelling);
  const blocks = own && parseJson(`{${own}}`);
  if (!isObject(blocks) || Object.keys(blocks).some((name) => !BLOCKS.has(name))) return undefined;
  // Missing here, it might stand behind a body.
  if (NEEDED.some((name) => !(name in blocks))) return undefined;
  // The same reading as the slow path's, so that nothing can be understood differently here.
  const { actor, impersonated, address, userAgent } = auditEvent(blocks, '', { cluster: '' }, {});
  return {
    raw,
    actor,
    impersonated,
    address,
    userAgent,
    answers: [],
    isDoubtful: false,
    origin: '',
    settled: new Map(),
  };
};
