import { isUnauthenticated } from '../../events/actor.ts';
import { isHealthEndpoint } from '../../kubernetes/request-uri.ts';
import { subscriberOf } from '../../primitives/ip-address.ts';
import { MINUTE } from '../../primitives/time.ts';
import { anonymous, audit, human, nobody } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'access-scanning',
  title: 'API server scanned without credentials',
  description:
    'One address, or one /64 of IPv6, was refused again and again without ever saying who it is. Amazon EKS 1.32 and later answer such a request with 401 and log an empty user; older clusters answer 403 to system:anonymous. Both count.',
  tactic: 'discovery',
  attack: ['T1046'],
  impact: 70,
  confidence: 70,
  type: 'Anomaly',
  stories: ['Kubernetes Scanning Activity', 'Kubernetes Security'],
  falsePositives:
    'A monitoring probe on a path other than the health endpoints, a client of your own whose token expired, or a node whose role has no access entry: each is refused with 401 too.',
  triage:
    'Look at the paths it asked for and at its place. Close the public endpoint or restrict its CIDR blocks when the address is not yours.',
  references: [
    'https://research.splunk.com/cloud/2f4abe6d-5991-464d-8216-f90f42999764/',
    'https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html',
  ],
  answers: ['splunk:2f4abe6d-5991-464d-8216-f90f42999764', 'splunk:Kubernetes Scanning by Unauthenticated IP Address'],
  needs: 'header',
  on: { outcomes: ['denied'], actor: isUnauthenticated },
  options: {
    limit: [5, 'refused requests that are still tolerated within the window'],
    windowMinutes: [60, 'length of the sliding window, in minutes'],
  },
  match: (event) => event.address !== '' && !isHealthEndpoint(event.path),
  state: {
    kind: 'threshold',
    limit: (options) => options.limit,
    window: (options) => options.windowMinutes * MINUTE,
  },
  entities: (event) => ({ sourceAddress: subscriberOf(event.address) }),
  summary: (event) => `${subscriberOf(event.address)} probed the API server without credentials`,
});

const probes = (count: number, by = nobody(), code = 401, minutes = 1) =>
  Array.from({ length: count }, (_, index) => {
    const at = new Date(Date.UTC(2026, 2, 2, 23, 40) + index * minutes * MINUTE).toISOString();
    return audit({
      verb: 'get',
      by,
      code,
      uri: `/api/v1/namespaces/ns-${index}/secrets`,
      resource: 'secrets',
      namespace: `ns-${index}`,
      at,
    });
  });

export const examples = () => ({
  fires: {
    '203.0.113.66 probed the API server without credentials': probes(6),
    '198.51.100.7 probed the API server without credentials': probes(6, anonymous('198.51.100.7'), 403, 10),
    '10.0.9.9 probed the API server without credentials': probes(6, nobody('10.0.9.9'), 401, 5).flatMap((event) => [
      event,
      event,
    ]),
    '2001:db8:0:7::/64 probed the API server without credentials': probes(6).map((event, index) => ({
      ...event,
      sourceIPs: [`2001:db8:0:7:${index}::1`],
    })),
  },
  silent: {
    'five in an hour are tolerated': probes(5),
    'one every quarter of an hour stays below the limit': probes(40, nobody(), 401, 15),
    'load balancers ask for health without credentials': Array.from({ length: 20 }, (_, index) =>
      audit({ verb: 'get', by: anonymous(), code: 403, uri: `/livez?verbose=${index}` }),
    ),
    'a named user who may not read secrets is no stranger': Array.from({ length: 20 }, (_, index) =>
      audit({ verb: 'get', by: human(), code: 403, resource: 'secrets', namespace: 'default', name: `s${index}` }),
    ),
    'one request in several stages is one request': probes(5).flatMap((event) => [
      { ...event, stage: 'RequestReceived' },
      { ...event, stage: 'ResponseStarted' },
      { ...event, stage: 'ResponseComplete' },
    ]),
  },
});
