import { isUnauthenticated } from '../../events/actor.ts';
import { isHealthEndpoint } from '../../kubernetes/request-uri.ts';
import { HOUR, MINUTE } from '../../primitives/time.ts';
import { anonymous, audit, human, nobody } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'anonymous-paths-probed',
  title: 'Paths probed slowly without credentials',
  description:
    'One address asked for many different paths over a day without ever saying who it is, and was turned away from each. A scan that is slow enough stays below every hourly limit; the number of different paths gives it away.',
  tactic: 'discovery',
  attack: ['T1595'],
  impact: 50,
  confidence: 60,
  type: 'Anomaly',
  stories: ['Kubernetes Scanning Activity', 'Kubernetes Security'],
  falsePositives:
    'Search engines of the internet’s hosts visit every public endpoint. Close it, or restrict its CIDR blocks.',
  triage: 'Look at the paths: those of Kubernetes were meant for you, those of routers and blogs for anybody.',
  references: [
    'https://attack.mitre.org/techniques/T1595/',
    'https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html',
  ],
  answers: ['elastic:discovery_endpoint_permission_enumeration_by_anonymous_user'],
  needs: 'header',
  on: { outcomes: ['denied', 'failed'], actor: isUnauthenticated },
  options: {
    limit: [10, 'different paths that are still tolerated within the window'],
    windowHours: [24, 'length of the sliding window, in hours'],
  },
  match: (event) =>
    event.address !== '' && (event.outcome === 'denied' || event.code === 404) && !isHealthEndpoint(event.path),
  state: {
    kind: 'threshold',
    limit: (options) => options.limit,
    window: (options) => options.windowHours * HOUR,
    // The decoded path without its query: other spellings and parameters of one path are no other path.
    distinct: (event) => event.path.toLowerCase().replace(/\/+/g, '/'),
  },
  entities: (event) => ({ sourceAddress: event.address }),
  summary: (event) => `${event.address} tried many paths without credentials`,
});

const probes = (count: number, path: (index: number) => string, by = nobody(), code = 401) =>
  Array.from({ length: count }, (_, index) =>
    audit({
      verb: 'get',
      by,
      code,
      uri: path(index),
      at: new Date(Date.UTC(2026, 2, 2, 1) + index * 100 * MINUTE).toISOString(),
    }),
  );

export const examples = () => ({
  fires: {
    '203.0.113.66 tried many paths without credentials': probes(11, (index) => `/api/v1/namespaces/n${index}/secrets`),
    '198.51.100.7 tried many paths without credentials': probes(
      12,
      (index) => `/login${index}`,
      anonymous('198.51.100.7'),
      404,
    ),
  },
  silent: {
    'ten paths in a day': probes(10, (index) => `/path-${index}`),
    'one path, dressed up': probes(14, (index) => `/${'/'.repeat(index % 3)}%61pi?page=${index}`),
    'health in all its forms': probes(14, (index) => `/livez/check-${index}`),
    'somebody known': probes(14, (index) => `/path-${index}`, human(), 403),
  },
});
