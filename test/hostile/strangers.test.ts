import { describe, expect, it } from 'vitest';
import { audit } from '../../shared/examples.ts';
import { passed } from './everything.ts';
import { REPEATED, textOf, work } from './growing.ts';

/** Characters of a request's query. A record of four times as many is still written whole. */
const LONG = 60_000;

/**
 * How much dearer than an ordinary script of the same length a command may be: it may hold scripts within scripts, and is read no more
 * than six times. Work that grows with the square makes it more than a hundred times as dear.
 */
const DEAREST = 24;

const BEGINNINGS: readonly string[] = [
  '',
  'command=base64&command=',
  'command=curl&command=',
  'command=env&command=',
  'command=eval&command=',
  'command=python3&command=-c&command=',
  'command=rpm&command=',
  'command=sh&command=-c&command=',
  'command=sh&command=-c&command=cd%20/a;%20base64%20',
  'command=socat&command=',
  'command=tar&command=',
];

/** What a query may consist of, again and again. */
const WORDS: readonly string[] = [
  '&',
  'a&',
  'a=b&',
  '%ff&',
  'command=&',
  'command=a&',
  'command=a%3B&',
  'command=/a&',
  'command=$(&',
  'command=cd&command=/a&',
  'command=env&',
  'command=env&command=-S&',
  'command=env&command=echo&',
  'command=env&command=eval&',
  'command=env&command=nc&command=-e&',
  'command=sh&command=-c&',
  'command=sudo&command=sh&',
];

const encoded = (text: string): string =>
  text.includes('%') ? text : encodeURIComponent(Buffer.from(text).toString());

const STRANGERS = {
  401: { user: { username: '', groups: [] } },
  403: { user: { username: 'system:anonymous', groups: ['system:unauthenticated'] } },
} as const;

/** A request for a command by somebody without credentials, as the API server logs it when it refuses. */
const refused = (code: 401 | 403, query: string): string =>
  JSON.stringify(
    audit({
      verb: 'create',
      by: STRANGERS[code] as never,
      resource: 'pods/exec',
      name: 'web',
      namespace: 'default',
      code,
      uri: `/api/v1/namespaces/default/pods/web/exec?${query.slice(0, LONG)}`,
    }),
  );

const QUERIES: readonly string[] = [
  ...BEGINNINGS.flatMap((beginning) =>
    REPEATED.map((text) => beginning + encoded(textOf(text, LONG - beginning.length))),
  ),
  ...['', 'command=env&', 'command=sh&command=-c&'].flatMap((beginning) =>
    WORDS.map((word) => beginning + word.repeat(Math.ceil(LONG / word.length))),
  ),
];

const ordinary = `command=sh&command=-c&command=${encoded('echo hello world; '.repeat(LONG / 10))}`;

describe.each([401, 403] as const)('a refused request (%i) with a long command', (code) => {
  it('costs about as much as an ordinary script of that length', () => {
    const judged = (query: string, tries: number): number => {
      const record = refused(code, query);
      return work(() => passed([record]), tries);
    };
    // Before the engine is warm, everything is slow.
    judged(ordinary, 20);
    const allowed = DEAREST * judged(ordinary, 5);
    const dear = QUERIES.filter((query) => judged(query, 1) > allowed && judged(query, 4) > allowed);
    expect(dear.map((query) => query.slice(0, 80))).toEqual([]);
  }, 120_000);
});
