import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { located } from '../../functions/aws/geoip.ts';
import { gather } from '../../shared/aggregates/gathering.ts';
import accessScanningRule from '../../shared/detections/discovery/access-scanning.ts';
import scannerImageRule from '../../shared/detections/discovery/scanner-image-pulled.ts';
import imageFirstSeenRule from '../../shared/detections/execution/image-first-seen.ts';
import hostNetworkRule from '../../shared/detections/privilege-escalation/pod-host-network.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { ruleOf } from '../../shared/engine/rule.ts';
import { scanRecords } from '../../shared/engine/scan.ts';
import { createSuppressor } from '../../shared/engine/suppression.ts';
import type { Finding } from '../../shared/findings/finding.ts';
import { createMemoryStore } from '../../shared/findings/memory-store.ts';
import type { JsonObject } from '../../shared/primitives/json.ts';
import { DAY, HOUR, MINUTE } from '../../shared/primitives/time.ts';
import type { AnyDetection } from '../../shared/sdk/detection.ts';
import {
  anonymous,
  audit,
  controller,
  createPod,
  human,
  kubernetesEvent,
  nobody,
  node,
  ownedBy,
  pipeline,
  pod,
  serviceAccount,
  workload,
} from '../../shared/sdk/examples.ts';
import { locateExample } from '../support/example-places.ts';
import {
  accessScanning,
  imageFirstSeen,
  type Original,
  podHostNetwork,
  resultsOf,
  scannerImagePulled,
} from '../support/originals.ts';

/** What one detection makes of raw records, and of nothing learned. */
const findingsOf = async (detection: AnyDetection, records: readonly JsonObject[]): Promise<readonly Finding[]> => {
  const texts = records.map((record) => ({ message: JSON.stringify(record) }));
  const origin = { cluster: 'prod', locate: locateExample };
  const { sightings, faults } = scanRecords(createEngine([ruleOf(detection)]), createSuppressor([]), texts, origin);
  expect(faults).toEqual([]);
  const store = createMemoryStore();
  await store.merge(gather(sightings));
  return store.findings(0).map((finding) => located(finding, (address) => locateExample(address) ?? {}));
};

/** Names of the fields that no single finding shows all values of. */
const notShown = (original: Original, group: readonly JsonObject[], findings: readonly Finding[]) => {
  const fields = Object.entries({ ...original.by, ...original.collects });
  const lost = findings.map((finding) =>
    fields
      .filter(([, field]) => {
        const shown = field.in(finding);
        return group.flatMap(field.of).some((value) => !shown.includes(String(value)));
      })
      .map(([name]) => name),
  );
  return lost.sort((a, b) => a.length - b.length)[0] ?? ['no finding'];
};

/** Every result of the original is a finding that shows what the original would have shown. */
const expectParity = async (detection: AnyDetection, original: Original, records: readonly JsonObject[]) => {
  const findings = await findingsOf(detection, records);
  const results = resultsOf(original, records);
  for (const group of results) {
    const lost = notShown(original, group, findings);
    expect(lost, `shown of ${JSON.stringify(group[0])} in ${JSON.stringify(findings)}`).toEqual([]);
  }
  return { findings, results };
};

const START = Date.UTC(2026, 2, 2, 10, 5);
const at = (time: number): string => new Date(time).toISOString();
const times = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));

type Probing = Partial<Parameters<typeof audit>[0]> & { readonly from?: number; readonly apart?: number };

/** Requests of a scanner, evenly apart. */
const probes = (
  count: number,
  { by = anonymous(), code = 403, from = START, apart = MINUTE, ...parts }: Probing = {},
) =>
  times(count, (index) =>
    audit({
      verb: 'get',
      by,
      code,
      resource: 'secrets',
      uri: `/api/v1/namespaces/ns-${index}/secrets`,
      namespace: `ns-${index}`,
      at: at(from + index * apart),
      ...parts,
    }),
  );

const kubelet = (image: string, status: JsonObject = {}, by = node(), time = START) =>
  audit({
    verb: 'patch',
    by,
    resource: 'pods/status',
    namespace: 'default',
    name: 'web',
    request: { status: { containerStatuses: [{ name: 'main', image, ...status }] } },
    at: at(time),
  });

const HUNTER = 'aquasec/kube-hunter:0.6.8';
const HOST = { hostNetwork: true };
const running = (image: string) => ({ containers: [{ name: 'main', image }] });
const applied = (spec: JsonObject) => ({
  annotations: {
    'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify({ apiVersion: 'v1', kind: 'Pod', spec })}\n`,
  },
});

const KINDS = ['Deployment', 'DaemonSet', 'StatefulSet', 'Job', 'CronJob'] as const;
const KINDS_OF_TEMPLATES = [...KINDS, 'ReplicaSet', 'ReplicationController', 'PodTemplate'] as const;
const resourceOf = (kind: (typeof KINDS_OF_TEMPLATES)[number]): string => {
  if (kind === 'PodTemplate' || kind === 'ReplicationController') return `${kind.toLowerCase()}s`;
  return `${kind.toLowerCase()}s.${kind.endsWith('Job') ? 'batch' : 'apps'}`;
};

/** A request to write a workload of any kind with this pod spec. */
const write = (kind: (typeof KINDS_OF_TEMPLATES)[number], spec: JsonObject, verb = 'create', by = human()) => {
  const like = workload(KINDS.find((known) => known === kind) ?? 'Deployment', spec);
  const template = (like['spec'] as JsonObject)['template'] as JsonObject;
  const body = kind === 'PodTemplate' ? { ...like, kind, template } : { ...like, kind };
  return audit({
    verb,
    by,
    resource: resourceOf(kind),
    namespace: 'default',
    name: 'web',
    request: body,
    response: body,
  });
};

const patch = (request: JsonObject | readonly JsonObject[], resource = 'deployments.apps', made: JsonObject = HOST) =>
  audit({
    verb: 'patch',
    by: human(),
    resource,
    namespace: 'default',
    name: 'web',
    request: request as JsonObject,
    response: workload('Deployment', made),
  });

describe('what the original matches', () => {
  const probing = fc.record({
    ip: fc.constantFrom('203.0.113.5', '198.51.100.7', '192.0.2.9'),
    agent: fc.constantFrom('curl/8.5.0', 'kube-hunter', 'Go-http-client/2.0', ''),
    verb: fc.constantFrom('get', 'list', 'create', 'delete', 'post', 'options'),
    uri: fc.constantFrom(
      '/api',
      '/version?timeout=32s',
      '/api/v1/namespaces/a/secrets',
      '/metrics',
      '/../etc/passwd',
      '/',
    ),
    message: fc.constantFrom('secrets is forbidden: User "system:anonymous" cannot list', 'forbidden', ''),
    groups: fc.constantFrom(['system:unauthenticated'], ['other', 'system:unauthenticated']),
    username: fc.constantFrom('system:anonymous', 'somebody'),
    minute: fc.nat(59),
  });

  it('access scanning: any 403 to the group of the unauthenticated', async () => {
    let results = 0;
    const stream = fc.array(probing, { minLength: 12, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(stream, async (requests) => {
        const records = requests.map(({ ip, agent, username, groups, minute, ...parts }, index) =>
          audit({
            ...parts,
            by: { user: { username, groups }, ip, agent },
            code: 403,
            at: at(START + minute * MINUTE),
            auditId: `00000000-0000-4000-8000-0000000000${index + 10}`,
          }),
        );
        const parity = await expectParity(accessScanningRule, accessScanning, records);
        results += parity.results.length;
        expect(parity.findings.map(({ count }) => count).sort()).toEqual(
          parity.results.map(({ length }) => length).sort(),
        );
      }),
      { numRuns: 150 },
    );
    expect(results).toBeGreaterThan(100);
  });

  const messages = [
    'Pulling image "aquasec/kube-hunter:0.6.8"',
    'Pulling image "docker.io/aquasec/kube-bench:latest"',
    'Pulling image "octarinesec/kube-recon"',
    'pulling image "AquaSec/Kube-Bench"',
    'Pulling image "registry.example.com:5000/mirror/kube-hunter@sha256:abc"',
    'Pulling image "registry.example.com/tools:kube-hunter-v1"',
    'Pulling image "registry.example.com/my-kube-bench-fork/runner"',
    'Pulling image "kube-hunter.example.com/tool:1"',
  ];

  it.each(messages)('scanner image: %s', async (message) => {
    const records = [
      'ip-10-0-1-17.eu-west-1.compute.internal',
      'fargate-ip-10-0-2-4.eu-west-1.compute.internal',
    ].flatMap((host, index) =>
      ['default', 'kube-system'].map((namespace) => ({
        type: 'ADDED',
        object: kubernetesEvent({
          reason: 'Pulling',
          message,
          namespace,
          host,
          pod: `job-x${index}`,
          count: index + 1,
        }),
      })),
    );
    const { results, findings } = await expectParity(scannerImageRule, scannerImagePulled, records);
    expect(results.length).toBe(4);
    expect(findings.map(({ count }) => count)).toEqual([2, 2]);
  });

  it('image names: one that a node reports and did not have', async () => {
    const records = ['docker.io/library/nginx:1.27', 'quay.io/evil/tool:1'].map((image) => kubelet(image));
    const { results, findings } = await expectParity(imageFirstSeenRule, imageFirstSeen, records);
    expect(results.length).toBe(2);
    expect(findings.map(({ cluster, count }) => [cluster, count])).toEqual([
      ['prod', 1],
      ['prod', 1],
    ]);
  });

  const attaching = fc.record({
    verb: fc.constantFrom('create', 'update'),
    code: fc.constantFrom(200, 201, 202, 400, 403, 404, 409, 422, 429, 500, 504),
    stage: fc.constantFrom('ResponseComplete', 'Panic'),
    by: fc.constantFrom(human('alice'), human('bob'), pipeline(), serviceAccount('ci', 'runner'), node(), anonymous()),
    name: fc.constantFrom('web', 'agent', 'x'),
    namespace: fc.constantFrom('default', 'kube-system'),
    isReal: fc.boolean(),
    image: fc.constantFrom('nginx:1.27', 'quay.io/evil/tool@sha256:abc'),
  });

  it('host network: any request whose annotation says so', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(attaching, { minLength: 1, maxLength: 8 }), async (requests) => {
        const records = requests.map(({ name, namespace, isReal, image, ...parts }, index) => {
          const spec = { ...running(image), ...HOST };
          const body = pod(isReal ? spec : running(image), { name, namespace, ...applied(spec) });
          return createPod(parts.by, body, { ...parts, refusedBy: 'admission', auditId: `request-${index}` });
        });
        const { results, findings } = await expectParity(hostNetworkRule, podHostNetwork, records);
        expect(results.length).toBeGreaterThan(0);
        expect(findings.length).toBe(new Set(requests.map(({ name, namespace }) => `${namespace}/${name}`)).size);
      }),
      { numRuns: 150 },
    );
  });
});

describe('what the original misses', () => {
  const spoofed = times(8, (index) => ({ sourceIPs: [`192.0.2.${index}`, '203.0.113.66'] }));
  const MIDNIGHT = Date.UTC(2026, 2, 3);

  it.each<[string, readonly JsonObject[]]>([
    ['401 to nobody, when the response starts', probes(6, { by: nobody(), code: 401 })],
    [
      '401 and 403 from one address',
      [...probes(3), ...probes(3, { by: nobody(), code: 401, from: START + 9 * MINUTE })],
    ],
    ['a private address', probes(6, { by: anonymous('10.0.9.9') })],
    ['an address of which no city is known', probes(6, { by: anonymous('100.64.7.7') })],
    ['IPv6', probes(6, { by: anonymous('2001:db8::7') })],
    [
      'addresses of one subscriber of IPv6',
      spoofed.flatMap((_, index) => probes(1, { from: START + index * MINUTE, by: anonymous(`2001:db8::${index}`) })),
    ],
    [
      'IPv4 over a socket of IPv6, and without',
      [...probes(3), ...probes(3, { by: anonymous('::ffff:203.0.113.66'), from: START + HOUR / 2 })],
    ],
    ['a burst across the hour', probes(6, { from: Date.UTC(2026, 2, 2, 10, 57) })],
    ['a burst across midnight', probes(8, { from: MIDNIGHT - 4 * MINUTE })],
    [
      'addresses that the client made up before its own',
      spoofed.flatMap((parts, index) => probes(1, { from: START + index * MINUTE, ...parts })),
    ],
    ['records out of order', [...probes(6)].reverse()],
  ])('access scanning: %s', async (_name, records) => {
    const findings = await findingsOf(accessScanningRule, records);
    expect(findings.map(({ count, source }) => [count, source?.ip])).toEqual([[records.length, expect.any(String)]]);
  });

  it('access scanning: one that goes on for hours behind midnight is told of on both days', async () => {
    const records = probes(72, { from: MIDNIGHT - 3 * HOUR, apart: 5 * MINUTE });
    const findings = await findingsOf(accessScanningRule, records);
    expect(findings.map(({ count, firstSeen }) => [count, firstSeen])).toEqual([
      [48, '2026-03-02T21:00:00.000Z'],
      [24, '2026-03-03T01:00:00.000Z'],
    ]);
  });

  it.each<[string, JsonObject]>([
    ['in a pod', createPod(human(), pod(running(HUNTER)))],
    ['in an init container', createPod(human(), pod({ initContainers: [{ name: 'i', image: HUNTER }] }))],
    ['in a volume', createPod(human(), pod({ volumes: [{ name: 'v', image: { reference: HUNTER } }] }))],
    ['in a report of a kubelet', kubelet('docker.io/aquasec/kube-hunter:0.6.8')],
    [
      'in a report of a runtime that knows it by its id',
      kubelet(`sha256:${'0'.repeat(64)}`, { imageID: `docker.io/aquasec/kube-hunter@sha256:${'1'.repeat(64)}` }),
    ],
    [
      'in a JSON patch',
      patch(
        [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: HUNTER }],
        'deployments.apps',
        running(HUNTER),
      ),
    ],
    [
      'put into a running pod',
      audit({
        verb: 'patch',
        by: human(),
        resource: 'pods/ephemeralcontainers',
        namespace: 'default',
        name: 'web',
        request: { spec: { ephemeralContainers: [{ name: 'd', image: HUNTER }] } },
      }),
    ],
    ...KINDS_OF_TEMPLATES.map((kind): [string, JsonObject] => [
      `in the template of a ${kind}`,
      write(kind, running(HUNTER)),
    ]),
    ...KINDS_OF_TEMPLATES.map((kind): [string, JsonObject] => [
      `in an updated ${kind}`,
      write(kind, { initContainers: [{ name: 'i', image: HUNTER }] }, 'update'),
    ]),
  ])('images without any Event: %s', async (_name, record) => {
    expect((await findingsOf(scannerImageRule, [record])).map(({ entities }) => entities['image'])).toEqual([
      'docker.io/aquasec/kube-hunter',
    ]);
    const fresh = await findingsOf(imageFirstSeenRule, [record]);
    expect(fresh.map(({ entities }) => entities['image'])).toContain('docker.io/aquasec/kube-hunter');
  });

  it('an Event names its node, and a pull and the pulled are one finding', async () => {
    const events = ['Pulling image "quay.io/evil/tool:1"', 'Successfully pulled image "quay.io/evil/tool:1" in 1.2s'];
    const findings = await findingsOf(
      imageFirstSeenRule,
      events.map((message, index) => kubernetesEvent({ reason: index === 0 ? 'Pulling' : 'Pulled', message })),
    );
    expect(findings.map(({ count, observed }) => [count, observed['hosts']])).toEqual([
      [2, ['ip-10-0-1-17.eu-west-1.compute.internal']],
    ]);
  });

  it('an image that comes back after a month is new again, one that comes back on a new node is not', async () => {
    const days = (...numbers: readonly number[]) =>
      numbers.map((day) => kubelet('quay.io/team/api:1', {}, node(`ip-10-0-1-${day}`), START + day * DAY));
    const firsts = async (...numbers: readonly number[]) =>
      (await findingsOf(imageFirstSeenRule, days(...numbers))).map(
        ({ firstSeen }) => (Date.parse(firstSeen) - START) / DAY,
      );
    expect(await firsts(0, 1, 2, 29, 59)).toEqual([0]);
    expect(await firsts(0, 31, 32)).toEqual([0, 31]);
  });

  it.each<[string, JsonObject]>([
    ['without an annotation', createPod(human(), pod(HOST))],
    [
      'with an annotation of another layout',
      createPod(
        human(),
        pod(
          {},
          {
            annotations: {
              'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ kind: 'Pod', spec: HOST }, null, 2),
            },
          },
        ),
      ),
    ],
    [
      'by a controller, of a template that nobody saw',
      createPod(controller('job-controller'), pod(HOST, ownedBy('Job', 'web'))),
    ],
    ...KINDS_OF_TEMPLATES.flatMap((kind): [string, JsonObject][] => [
      [`in a new ${kind}`, write(kind, HOST)],
      [`in an updated ${kind}`, write(kind, HOST, 'update')],
    ]),
    ['by a merge patch', patch({ spec: { template: { spec: HOST } } })],
    [
      'by a merge patch of a CronJob',
      patch({ spec: { jobTemplate: { spec: { template: { spec: HOST } } } } }, 'cronjobs.batch'),
    ],
    ['by an applied patch', patch(workload('Deployment', HOST))],
    ['by a JSON patch', patch([{ op: 'add', path: '/spec/template/spec/hostNetwork', value: true }])],
    ['by a JSON patch of the spec', patch([{ op: 'replace', path: '/spec/template/spec', value: HOST }])],
    ['by a JSON patch of the template', patch([{ op: 'replace', path: '/spec/template', value: { spec: HOST } }])],
    [
      'by a JSON patch that moves it there',
      patch([{ op: 'copy', from: '/metadata/x', path: '/spec/template/spec/hostNetwork' }]),
    ],
    ['by a JSON patch of everything', patch([{ op: 'replace', path: '', value: workload('Deployment', HOST) }])],
  ])('host network: %s', async (_name, record) => {
    expect((await findingsOf(hostNetworkRule, [record])).map(({ confidence }) => confidence)).toEqual([70]);
  });

  it.each([403, 409, 422, 500])('host network: an attempt answered with %i, of lower confidence', async (code) => {
    const record = createPod(human('mallory'), pod(HOST), { code, refusedBy: 'admission' });
    const found = await findingsOf(hostNetworkRule, [record]);
    expect(found.map(({ confidence, summary }) => [confidence, summary])).toEqual([
      [50, `mallory ${code === 403 ? 'was denied running' : 'tried to run'} pod default/web on the host network`],
    ]);
  });

  it('host network: a pod that claims an owner is named after itself', async () => {
    const claimed = pod(HOST, { name: 'mine', namespace: 'kube-system', ...ownedBy('DaemonSet', 'kube-proxy') });
    const found = await findingsOf(hostNetworkRule, [createPod(human('mallory'), claimed)]);
    expect(found.map(({ entities }) => entities)).toEqual([{ workload: 'pod kube-system/mine' }]);
  });
});

describe('what must stay silent', () => {
  const shared = times(8, (index) => ({
    by: anonymous(`198.51.100.${index}`),
    sourceIPs: ['203.0.113.66', `198.51.100.${index}`],
  }));
  const kubeProxy = pod(HOST, {
    name: 'kube-proxy-x2x4z',
    namespace: 'kube-system',
    ...ownedBy('DaemonSet', 'kube-proxy'),
  });
  const all: readonly AnyDetection[] = [accessScanningRule, scannerImageRule, hostNetworkRule];

  it.each<[string, readonly JsonObject[]]>([
    ...['/healthz', '/livez', '/readyz', '/livez/ping', '/readyz?verbose', '/healthz/etcd'].map(
      (uri): [string, readonly JsonObject[]] => [`20 questions for ${uri}`, probes(20, { uri })],
    ),
    ['five in an hour', probes(5)],
    ['five in an hour, every record twice', probes(5).flatMap((record) => [record, record])],
    ['one every 13 minutes', probes(60, { apart: 13 * MINUTE })],
    [
      'neighbours at one provider of IPv6',
      shared.flatMap((_, index) => probes(1, { by: anonymous(`2001:db8:0:${index}::1`) })),
    ],
    [
      'a first address that many requests claim',
      shared.flatMap((parts, index) => probes(1, { from: START + index, ...parts })),
    ],
    ['the DaemonSet controller starts kube-proxy', [createPod(controller('daemon-set-controller'), kubeProxy)]],
    ['a pod named kube-hunter', [createPod(human(), pod({}, { name: 'kube-hunter' }))]],
    [
      'a container and an argument named kube-bench',
      [createPod(human(), pod({ containers: [{ name: 'kube-bench', image: 'nginx', args: ['kube-bench'] }] }))],
    ],
    [
      'an Event about a pod named kube-hunter',
      [kubernetesEvent({ reason: 'Pulling', message: 'Pulling image "nginx"', pod: 'kube-hunter' })],
    ],
    ['a dry run of a scanner', [createPod(human(), pod(running(HUNTER)), { query: 'dryRun=All' })]],
    ['a dry run on the host network', [createPod(human(), pod(HOST), { query: 'dryRun=All' })]],
    ['a label for a Deployment on the host network', [patch({ metadata: { labels: { team: 'a' } } })]],
    ['a pod off the host network', [createPod(human(), pod({ hostNetwork: false }, applied({ hostNetwork: false })))]],
  ])('%s', async (_name, records) => {
    for (const detection of all) expect(await findingsOf(detection, records)).toEqual([]);
  });

  it.each<[string, JsonObject]>([
    ['a dry run', createPod(human(), pod(running(HUNTER)), { query: 'dryRun=All' })],
    ['a refused pod', createPod(human(), pod(running(HUNTER)), { code: 403, refusedBy: 'admission' })],
  ])('no image is new by %s', async (_name, record) => {
    expect(await findingsOf(imageFirstSeenRule, [record])).toEqual([]);
  });
});
