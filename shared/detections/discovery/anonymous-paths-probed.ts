import { isUnauthenticated } from '../../events/actor.ts';
import { isHealthEndpoint } from '../../kubernetes/request-uri.ts';
import { MINUTE } from '../../primitives/time.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, anonymous, audit, nobody, type RequestParts, series } from '../../sdk/examples.ts';
import { threshold } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'anonymous-paths-probed',
  title: 'Many paths of the API server tried without credentials over a day (slow scan)',
  description:
    'One address asked for many different paths over a day without credentials, and got none of them. A scan that is slow enough stays below every hourly limit; the number of different paths gives it away.',
  tactic: 'discovery',
  techniques: ['T1046'],
  impact: 50,
  confidence: 60,
  type: 'Anomaly',
  stories: ['Kubernetes Scanning Activity', 'Kubernetes Security'],
  falsePositives:
    'Search engines of the internet’s hosts visit every public endpoint. Close it, or restrict its CIDR blocks.',
  triage:
    'Look at the paths: those of Kubernetes were meant for you, those of routers and blogs for anybody. Restrict the public endpoint: aws eks update-cluster-config --name <cluster> --resources-vpc-config publicAccessCidrs=<your CIDR blocks>.',
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html',
    'https://attack.mitre.org/techniques/T1046/',
  ],
  related: ['elastic:discovery_endpoint_permission_enumeration_by_anonymous_user'],
  audit: { level: 'metadata', outcomes: ['denied', 'failed'], actor: isUnauthenticated, dryRun: true },
  find: ({ address, outcome, code, path }) =>
    address !== '' && (outcome === 'denied' || code === 404) && !isHealthEndpoint(path),
  window: threshold({ limit: 10, of: 'different paths', hours: 24 }),
  // The decoded path without its query: other spellings and parameters of one path are no other path.
  distinct: (_found, { path }) => path.toLowerCase().replace(/\/+/g, '/'),
  entities: (_found, { address }) => ({ sourceAddress: address }),
  principal: false,
  summary: (_found, { address }) => `${address} tried many paths without credentials`,
});

const probes = (count: number, uri: (index: number) => string, parts: Partial<RequestParts> = {}) =>
  series(
    count,
    (at, index) => audit({ verb: 'get', by: nobody(), code: 401, uri: uri(index), at, ...parts }),
    100 * MINUTE,
  );

export const examples = () => ({
  fires: {
    '203.0.113.66 tried many paths without credentials': probes(11, (index) => `/api/v1/namespaces/n${index}/secrets`),
    '198.51.100.7 tried many paths without credentials': probes(12, (index) => `/login${index}`, {
      by: anonymous('198.51.100.7'),
      code: 404,
    }),
  },
  silent: {
    'ten paths in a day': probes(10, (index) => `/path-${index}`),
    'one path in several spellings': probes(14, (index) => `/${'/'.repeat(index % 3)}%61pi?page=${index}`),
    'health in all its forms': probes(14, (index) => `/livez/check-${index}`),
    'somebody known': probes(14, (index) => `/path-${index}`, { by: alice, code: 403 }),
  },
});
