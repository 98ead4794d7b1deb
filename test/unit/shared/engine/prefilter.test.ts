import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { worthAdding } from '../../../../shared/aggregates/additions.ts';
import { type Aggregate, emptyAggregate, mergeAggregates } from '../../../../shared/aggregates/aggregate.ts';
import { saturatedRange } from '../../../../shared/aggregates/saturation.ts';
import { createCallers } from '../../../../shared/engine/prefilter/callers.ts';
import { endOfSimpleValue, endOfValue, INSIDE_PAYLOAD, LINE } from '../../../../shared/engine/prefilter/spelling.ts';
import { headOf, payloadText } from '../../../../shared/logs/cloudwatch-payload.ts';
import { reference } from '../../../../shared/primitives/digest.ts';
import { DAY, HOUR, MINUTE } from '../../../../shared/primitives/time.ts';
import { human } from '../../../../shared/sdk/examples.ts';
import { firstSeen, windowingOf } from '../../../../shared/sdk/windows.ts';
import { payloadText as payloadOf } from '../../../bench/payloads.ts';
import { recordTexts } from '../../../bench/stream.ts';

const windowing = windowingOf(firstSeen({ days: 30 }), { lookbackDays: 30 });
const NAME = { id: 'x', detection: 'x', cluster: 'c', account: '', region: '', entities: {}, period: 0 };

const sighted = (time: number, by = 'x'): Aggregate => {
  const ref = reference(time, by);
  return {
    ...emptyAggregate(NAME),
    refs: new Set([ref]),
    buckets: new Set([Math.floor(time / DAY)]),
    evidence: new Set([`${ref} {}`]),
  };
};

const learned = (time: number): Aggregate => ({ ...emptyAggregate(NAME), learned: new Set([Math.floor(time / DAY)]) });

describe('a settled span', () => {
  const minute = fc.integer({ min: 0, max: (70 * DAY) / MINUTE }).map((minutes) => 20_000 * DAY + minutes * MINUTE);
  const history = fc.array(
    fc
      .record({ time: minute, isLearned: fc.boolean() })
      .map(({ time, isLearned }) => (isLearned ? learned(time) : sighted(time))),
    { minLength: 1, maxLength: 8 },
  );

  it('holds only sightings that add nothing, now and after whatever arrives later', () => {
    let settled = 0;
    fc.assert(
      fc.property(
        history,
        history,
        minute,
        fc.integer({ min: 0, max: DAY / MINUTE - 1 }),
        (before, later, time, offset) => {
          const known = [sighted(time), ...before].reduce(mergeAggregates);
          const span = saturatedRange(windowing, known, time);
          const at = Math.floor(time / DAY) * DAY + offset * MINUTE;
          if (span === undefined || at < span.from || at >= span.until) return;
          settled++;
          expect(worthAdding(windowing, known, sighted(at, 'another'))).toBeUndefined();
          const grown = [known, ...later].reduce(mergeAggregates);
          expect(worthAdding(windowing, grown, sighted(at, 'another'))).toBeUndefined();
        },
      ),
      { numRuns: 3_000 },
    );
    expect(settled).toBeGreaterThan(300);
  });

  it('is there once the first hour of a presence is over', () => {
    const begin = 20_000 * DAY + 9 * HOUR;
    expect(saturatedRange(windowing, sighted(begin), begin)).toEqual({ from: begin + HOUR, until: 20_001 * DAY });
    expect(saturatedRange(windowing, emptyAggregate(NAME), begin)).toBeUndefined();
    const known = [begin, begin + 5 * DAY].map((time) => sighted(time)).reduce(mergeAggregates);
    expect(saturatedRange(windowing, known, begin + 5 * DAY)).toEqual({ from: 20_005 * DAY, until: 20_006 * DAY });
  });
});

describe('the end of a value', () => {
  it('is found behind whatever the value holds, in both spellings', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', '\\', 'a', '}', ',', 'é', '\n') }), (value) => {
        const line = `{"k":${JSON.stringify(value)},"x":1}`;
        const inside = JSON.stringify(line).slice(1, -1);
        for (const [text, spelling, from] of [
          [line, LINE, 6],
          [inside, INSIDE_PAYLOAD, 9],
        ] as const) {
          const end = endOfValue(text, from, spelling);
          expect(text.slice(end)).toBe(spelling === LINE ? '","x":1}' : '\\",\\"x\\":1}');
          const simple = endOfSimpleValue(text, from, spelling);
          expect([-1, end]).toContain(simple);
          if (/^[a},é]*$/.test(value)) expect(simple).toBe(end);
        }
      }),
    );
  });
});

describe('callers', () => {
  const textOf = (name: string, agent: string) => {
    const { user, ip } = human(name);
    return `"user":${JSON.stringify(user)},"sourceIPs":["${ip}"],"userAgent":"${agent}","objectRef":{}`;
  };

  it('are recognised, and forgotten before they are too many', () => {
    const callers = createCallers(100);
    const first = callers.find(textOf('alice', 'kubectl'), 0, LINE);
    expect(first?.actor.user).toBe('alice');
    expect(callers.find(`  ${textOf('alice', 'kubectl')}`, 2, LINE)).toBe(first);
    for (let index = 0; index < 250; index++) callers.find(textOf(`user-${index}`, `agent-${index}`), 0, LINE);
    const again = callers.find(textOf('alice', 'kubectl'), 0, LINE);
    expect(again).not.toBe(first);
    expect(again?.actor).toEqual(first?.actor);
  });

  it('are recognised where they differ in their last letter only', () => {
    const callers = createCallers();
    const agents = ['a', 'b', 'c', 'a', 'b', 'c'].map((agent) => callers.find(textOf('alice', agent), 0, LINE));
    expect(agents.slice(3).every((caller, index) => caller === agents[index])).toBe(true);
  });

  it('with one name are told apart', () => {
    const callers = createCallers();
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 40; index++) {
        expect(callers.find(textOf('alice', `agent-${index}`), 0, LINE)?.userAgent).toBe(`agent-${index}`);
      }
    }
  });
});

describe('the text of a payload', () => {
  it('comes in pieces that hold every record once', () => {
    const payload = payloadOf(recordTexts('busy', 300));
    const opened = payloadText(Buffer.from(payload));
    const pieces = [...(opened?.pieces() ?? [])].map(({ text }) => text);
    expect(pieces.length).toBeGreaterThan(3);
    expect(payload.endsWith(`[${pieces.join('')}`)).toBe(true);
    expect(pieces.every((piece) => piece.startsWith('{"id":"'))).toBe(true);
    expect({ ...headOf(JSON.parse(payload)) }).toMatchObject({ owner: opened?.owner, logGroup: opened?.logGroup });
  });

  it('is left to the parser when it has another form', () => {
    const record = { id: '1', timestamp: 1, message: '{}' };
    const form = { messageType: 'DATA_MESSAGE', owner: '1', logGroup: 'g', logStream: 's', logEvents: [record] };
    const opens = (value: unknown) => payloadText(Buffer.from(JSON.stringify(value))) !== undefined;
    expect(opens(form)).toBe(true);
    expect(opens({ ...form, messageType: 'CONTROL_MESSAGE' })).toBe(false);
    expect(opens({ ...form, logEvents: [] })).toBe(false);
    expect(opens({ ...form, more: 1 })).toBe(false);
    expect(opens(Object.assign({ logEvents: [] }, form))).toBe(false);
    expect(opens({ outer: form })).toBe(false);
    expect(payloadText(Buffer.from(JSON.stringify(form, undefined, 1)))).toBeUndefined();
  });
});
