import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gather } from '../../shared/aggregates/gathering.ts';
import imageNotAllowed from '../../shared/detections/execution/image-not-allowed.ts';
import { createEngine, type Sighting } from '../../shared/engine/engine.ts';
import { ruleOf } from '../../shared/engine/rule.ts';
import type { Event, Origin } from '../../shared/events/event.ts';
import { parseRecord } from '../../shared/events/parse.ts';
import type { Finding } from '../../shared/findings/finding.ts';
import { eventsQuery } from '../../shared/findings/insights-queries.ts';
import { createMemoryStore } from '../../shared/findings/memory-store.ts';
import { beginningsOfSubscriber, subscriberOf } from '../../shared/primitives/ip-address.ts';
import type { AnyDetection } from '../../shared/sdk/detection.ts';
import { kubernetesEvent } from '../../shared/sdk/examples.ts';
import { detectionFiles, loadDetection } from '../support/detection-files.ts';
import { locateExample } from '../support/example-places.ts';
import { parseQuery } from '../support/logs-insights.ts';

const EVENT_GROUP = '/eks/example/events';
const originOf = (text: string): Origin => ({
  cluster: 'example',
  locate: locateExample,
  logGroup: /"audit\.k8s\.io/.test(text) ? '/aws/eks/example/cluster' : EVENT_GROUP,
});

interface Own {
  readonly text: string;
  readonly time: number;
}

/** A finding of an example, with the records that it rests on. */
interface Shown {
  readonly finding: Finding;
  readonly own: readonly Own[];
}

const shownBy = async (detection: AnyDetection, example: unknown): Promise<readonly Shown[]> => {
  const engine = createEngine([ruleOf(detection)]);
  const store = createMemoryStore();
  const observed: { readonly text: string; readonly sightings: readonly Sighting[] }[] = [];
  for (const record of Array.isArray(example) ? example : [example]) {
    const text = typeof record === 'string' ? record : JSON.stringify(record);
    const event = parseRecord(text, originOf(text));
    if (event.source === 'rejected') throw new Error(`an example is no event: ${event.reason}`);
    const { sightings } = engine.detect(event);
    await store.merge(gather(sightings));
    observed.push({ text, sightings });
  }
  return store.findings(0).map((finding) => {
    const isOwn = ({ entities, event: { time } }: Sighting) =>
      JSON.stringify(entities) === JSON.stringify(finding.entities) &&
      time >= Date.parse(finding.firstSeen) &&
      time <= Date.parse(finding.lastSeen);
    const own = observed.flatMap(({ text, sightings }) => {
      const sighting = sightings.find(isOwn);
      return sighting === undefined ? [] : { text, time: sighting.event.time };
    });
    return { finding, own };
  });
};

const stored = ({ text, time }: Own, delay = 5_000) => ({ message: text, timestamp: time + delay });

/** The same record with other names: each begins as the real one does, and goes on. */
const neighbourOf = ({ text, time }: Own): Own => ({
  time,
  text: text
    .replace(/("auditID":"[^"]+)"/, '$10"')
    .replace(/("(?:username|name|namespace|uid)":"[^"]+)"/g, '$1-2"')
    .replace(/("(?:arn|canonicalArn|sessionName|[\w./-]+credential-id)":\["[^"]+)"/g, '$12"')
    .replace(/("[\w./-]+credential-id":"[^"]+)"/g, '$12"')
    .replace(/"sourceIPs":\["([^"]+)"\]/, (_, ip: string) => `"sourceIPs":["${neighbourAddress(ip)}"]`),
});

/** Another address that begins as this one does; of IPv6, one of the next network. */
const neighbourAddress = (ip: string): string =>
  ip.includes(':') ? ip.replace(/^((?:[\da-f]+:){3}[\da-f]+)/, '$17') : `${ip}6`;

/** Whether a record is one of the finding's actor; whose name is not known may have made all of them. */
const isBy =
  ({ actor }: Finding) =>
  ({ text }: Own): boolean =>
    !actor?.user || text.includes(`"user":{"username":"${actor.user}"`);

describe.each(detectionFiles())('%s', async (file) => {
  const { detection, fires } = await loadDetection(file);

  it.each(Object.entries(fires))('%s', async (_summary, example) => {
    const all = await shownBy(detection, example);
    expect(all.length).toBeGreaterThan(0);
    for (const { finding, own } of all) {
      expect(own.length).toBeGreaterThan(0);
      const byActor = own.filter(isBy(finding));
      expect(byActor.length).toBeGreaterThan(0);
      const [events, actor] = [parseQuery(finding.drilldown), parseQuery(finding.actorDrilldown)];
      for (const delay of [0, 14 * 60_000]) {
        expect(own.filter((record) => !events.finds(stored(record, delay)))).toEqual([]);
        expect(byActor.filter((record) => !actor.finds(stored(record, delay)))).toEqual([]);
      }
      const neighbours = own.map(neighbourOf);
      expect(neighbours.filter(({ text }) => own.some((record) => record.text === text))).toEqual([]);
      expect(neighbours.filter((record) => events.finds(stored(record)))).toEqual([]);
      expect(neighbours.filter((record) => actor.finds(stored(record)))).toEqual([]);
      for (const { text } of own) expect(events.comment).toContain(originOf(text).logGroup);
    }
  });
});

describe('a Kubernetes Event', () => {
  const event = kubernetesEvent({
    reason: 'Pulling',
    message: 'Pulling image "evil/tool"',
    pod: 'web.v1',
    namespace: 'shop',
  });
  const other = kubernetesEvent({
    reason: 'Pulling',
    message: 'Pulling image "evil/tool"',
    pod: 'web-v1',
    namespace: 'shop',
  });
  const allowed = { ...imageNotAllowed, options: { ...imageNotAllowed.options, allowed: ['registry.k8s.io'] } };

  it.each<[string, (raw: object) => object]>([
    ['as it is', (raw) => raw],
    ['inside a string', (raw) => ({ log: JSON.stringify(raw) })],
    ['as a watch tells it', (raw) => ({ body: { type: 'ADDED', object: raw } })],
    [
      'taken apart',
      (raw) => ({
        body: (raw as typeof event)['message'],
        severity_text: 'Normal',
        attributes: {
          'k8s.event.reason': 'Pulling',
          'k8s.event.uid': '0b9f1c1e',
          'k8s.event.start_time': '2026-03-02T10:15:00Z',
          'k8s.namespace.name': 'shop',
        },
        resource: {
          'k8s.object.kind': 'Pod',
          'k8s.object.name': (raw as { involvedObject: { name: string } }).involvedObject.name,
        },
      }),
    ],
  ])('is found %s', async (_form, wrapped) => {
    const [shown] = await shownBy(allowed, wrapped(event));
    const own = shown?.own[0] as Own;
    for (const text of [shown?.finding.drilldown, shown?.finding.actorDrilldown]) {
      const query = parseQuery(text as string);
      expect(query.finds(stored(own))).toBe(true);
      expect(query.finds(stored({ ...own, text: JSON.stringify(wrapped(other)) }))).toBe(false);
      expect(query.comment).toContain(EVENT_GROUP);
    }
  });

  it('is looked for in words where nobody knows its log group', async () => {
    const engine = createEngine([ruleOf(allowed)]);
    const store = createMemoryStore();
    const { sightings } = engine.detect(parseRecord(JSON.stringify(event), { cluster: 'prod' }) as Event);
    await store.merge(gather(sightings));
    expect(store.findings(0)[0]?.drilldown).toMatch(
      /^# Log group: the one to which the Kubernetes Events of prod are shipped\n/,
    );
  });
});

describe('a finding of more records than its evidence shows', () => {
  it('is found by all who took part, as far as a field of Security Hub holds them', () => {
    const evidence = Array.from({ length: 10 }, (_, index) => ({
      time: '2026-03-02T10:15:00.000Z',
      summary: '',
      actor: { user: `${index}`.repeat(250), groups: [] },
    }));
    const inquiry = { cluster: 'prod', entities: {}, evidence, isComplete: false, first: 0, last: 0 };
    const query = eventsQuery(inquiry);
    expect(query.length).toBeLessThan(2_048);
    const { finds } = parseQuery(query);
    const by = (index: number) => ({ message: `{"username":"${evidence[index]?.actor.user}"}`, timestamp: 0 });
    expect([0, 1, 2, 3, 9].map((index) => finds(by(index)))).toEqual([true, true, true, true, false]);
  });
});

describe('an address in a query', () => {
  const hextet = fc.oneof(fc.constant(0), fc.constant(0), fc.nat(0xffff));
  const addresses = fc.array(hextet, { minLength: 8, maxLength: 8 });
  /** As the API server writes it, which is the form of RFC 5952. */
  const written = (groups: readonly number[]): string =>
    new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]`).hostname.slice(1, -1);

  it('takes in the whole network of an IPv6 subscriber', () => {
    fc.assert(
      fc.property(addresses, addresses, (one, other) => {
        fc.pre(one.slice(0, 2).every((group) => group > 0));
        const sibling = [...one.slice(0, 4), ...other.slice(4)];
        const begins = (address: string) =>
          beginningsOfSubscriber(written(one)).some((beginning) => address.startsWith(beginning));
        expect(begins(written(sibling))).toBe(true);
        const stranger = [...one.slice(0, 2), ...other.slice(2)];
        const isSame = subscriberOf(written(stranger)) === subscriberOf(written(one));
        expect(begins(written(stranger))).toBe(isSame);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is an IPv4 address as it is', () => {
    expect(beginningsOfSubscriber('203.0.113.6')).toEqual([]);
    expect(beginningsOfSubscriber('somewhere')).toEqual([]);
  });
});
