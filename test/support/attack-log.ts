/**
 * The bundled log: the quiet hour with an attack in it, and the log of earlier days that tells what is normal there. Run as a program
 * it writes both: `npx tsx test/support/attack-log.ts`.
 */

import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { DAY, MINUTE } from '../../shared/primitives/time.ts';
import { human, nobody } from '../../shared/sdk/examples.ts';
import { quietHour } from './quiet-hour.ts';
import { BOB, controllerOf, NODES, OFFICE, podStarts, request, seeded, type Timed } from './shop-cluster.ts';

/** A Thursday morning. */
export const START = Date.UTC(2026, 10, 12, 9);

/** An exit of the Tor network, whose operator publishes its addresses; anybody's requests come out there. */
const SCANNER = '109.70.100.23';

/** Where Bob's credentials are used by somebody else. */
const ELSEWHERE = '198.51.100.77';

const PATHS = [
  '/', '/api', '/apis', '/version', '/swagger.json', '/openapi/v2', '/metrics', '/debug/pprof/', '/logs/kube-apiserver.log', '/ui/',
  '/api/v1', '/api/v1/namespaces', '/api/v1/nodes', '/api/v1/pods', '/api/v1/secrets', '/api/v1/configmaps', '/api/v1/services',
  '/api/v1/serviceaccounts', '/api/v1/namespaces/default/pods', '/api/v1/namespaces/default/secrets',
  '/api/v1/namespaces/kube-system/pods', '/api/v1/namespaces/kube-system/secrets', '/api/v1/namespaces/kube-system/configmaps',
  '/api/v1/namespaces/kube-system/services/https:kubernetes-dashboard:/proxy/', '/apis/apps/v1/deployments', '/apis/apps/v1/daemonsets',
  '/apis/batch/v1/jobs', '/apis/batch/v1/cronjobs', '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  '/apis/certificates.k8s.io/v1/certificatesigningrequests', '/api/v1/namespaces/shop/pods', '/api/v1/namespaces/prod/secrets',
  '/api/v1/namespaces/production/secrets', '/api/v1/namespaces/staging/secrets', '/api/v1/namespaces/dev/secrets',
]; // biome-ignore format: a list of paths reads best as one

const AGENTS = ['Mozilla/5.0 zgrab/0.x', 'python-requests/2.32.3', 'curl/8.5.0'];

/** Each request is logged twice: when the answer begins and when it is complete. */
const scan = (start: number): readonly Timed[] => {
  const random = seeded(401);
  return PATHS.flatMap((uri, index) => {
    const time = start + Math.floor(index * 8_000 + random() * 5_000);
    const by = nobody(SCANNER, AGENTS[Math.floor(index / 13)]);
    return ['ResponseStarted', 'ResponseComplete'].map((stage) =>
      request(time, { verb: 'get', by, uri, code: 401, stage }),
    );
  });
};

/** Bob's identity, in other hands. */
const THIEF = { ...BOB, ip: ELSEWHERE };
const IMPLANT = 'hub.example.net/maintenance/node-agent:2.1';
const HUNTER = 'docker.io/aquasec/kube-hunter:0.6.8';

const home = (index: number) => NODES[index] as (typeof NODES)[number];

/** A bare pod on the node's network. */
const implant = (time: number): readonly Timed[] =>
  podStarts(
    time,
    THIEF,
    { namespace: 'shop', name: 'node-agent', image: IMPLANT, spec: { hostNetwork: true } },
    home(1),
  );

/** A Job that scans from inside: Bob's rights end at the namespace, and so does what the Job may do. */
const hunt = (time: number): readonly Timed[] => {
  const spec = { containers: [{ name: 'main', image: HUNTER, args: ['--pod', '--quick'] }], restartPolicy: 'Never' };
  const metadata = { name: 'node-check', namespace: 'shop' };
  return [
    request(time, {
      verb: 'create',
      by: THIEF,
      resource: 'jobs.batch',
      namespace: 'shop',
      name: 'node-check',
      query: 'fieldManager=kubectl-create',
      request: { kind: 'Job', apiVersion: 'batch/v1', metadata, spec: { template: { spec } } },
    }),
    ...podStarts(
      time + 35,
      controllerOf('job-controller'),
      {
        namespace: 'shop',
        name: 'node-check-r8qtz',
        image: HUNTER,
        owner: { apiVersion: 'batch/v1', kind: 'Job', name: 'node-check', controller: true },
        spec: { restartPolicy: 'Never' },
      },
      home(2),
    ),
  ];
};

const inTime = (events: readonly Timed[]): readonly Timed[] => [...events].sort((a, b) => a.time - b.time);

const written = (events: readonly Timed[]): readonly string[] =>
  inTime(events).map(({ record }) => JSON.stringify(record));

/** The hour, a record a line, in the order of the requests. */
export const attackLog = (): readonly string[] =>
  written([
    ...quietHour(START),
    ...scan(START + 12 * MINUTE),
    request(START + 37 * MINUTE, { verb: 'list', by: THIEF, resource: 'pods', namespace: 'shop', query: 'limit=500' }),
    ...implant(START + 41 * MINUTE + 8_120),
    ...hunt(START + 47 * MINUTE + 30_500),
  ]);

/** What of a request is normal again the next day, whenever in the day it comes. */
const kindOf = ({ record }: Timed): string => {
  const { verb, user, objectRef, userAgent } = record as Readonly<Record<string, object | undefined>>;
  const { resource, subresource, namespace } = (objectRef ?? {}) as Readonly<Record<string, string>>;
  const images = JSON.stringify(record).match(/"image":"[^"]*/g) ?? [];
  return JSON.stringify([verb, user, userAgent, resource, subresource, namespace, images]);
};

/**
 * Earlier days: one request of each kind that the cluster saw the day before, and two weeks before the attack a scan that the
 * security team had announced.
 */
export const baselineLog = (): readonly string[] => {
  const security = human('security-team', { ip: OFFICE });
  const dayBefore = inTime(quietHour(START - DAY));
  const kinds = new Map(dayBefore.map((event) => [kindOf(event), event]));
  const scanned = { namespace: 'security', name: 'kube-hunter', image: HUNTER };
  return written([...podStarts(START - 14 * DAY, security, scanned, home(0)), ...kinds.values()]);
};

const LOGS = { 'docs/attack.jsonl.gz': attackLog, 'docs/baseline.jsonl.gz': baselineLog };

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [path, log] of Object.entries(LOGS)) {
    writeFileSync(path, gzipSync(`${log().join('\n')}\n`, { level: 9 }));
  }
}
