import { isUnauthenticated } from '../../events/actor.ts';
import { isHealthEndpoint } from '../../kubernetes/request-uri.ts';
import { MINUTE } from '../../primitives/time.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, anonymous, call, nobody, series } from '../../sdk/examples.ts';
import { threshold } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'anonymous-paths-probed',
  title: 'Many paths of the API server tried without credentials over a day (slow scan)',
  description:
    'One address asked for many different paths over a day without credentials, and got none of them. A slow scan stays below hourly limits, but the number of different paths shows it.',
  tactic: 'discovery',
  techniques: ['T1046'],
  impact: 50,
  confidence: 60,
  type: 'Anomaly',
  stories: ['Kubernetes Scanning Activity', 'Kubernetes Security'],
  falsePositives: 'Internet scanners such as Shodan and Censys visit every public endpoint.',
  triage:
    'Look at the paths. Paths of Kubernetes show that the scan is aimed at the cluster; paths of routers and blogs show a scan of the whole internet. Restrict the public endpoint: aws eks update-cluster-config --name <cluster> --resources-vpc-config publicAccessCidrs=<your CIDR blocks>.',
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html',
    'https://attack.mitre.org/techniques/T1046/',
  ],
  related: ['elastic:discovery_endpoint_permission_enumeration_by_anonymous_user'],
  audit: { level: 'metadata', outcomes: ['denied', 'failed'], actor: isUnauthenticated, dryRun: true },
  find: ({ address, outcome, code, path }) =>
    address !== '' && (outcome === 'denied' || code === 404) && !isHealthEndpoint(path),
  window: threshold({ limit: 10, of: 'different paths', hours: 24 }),
  // The decoded path without its query: other spellings and parameters do not make another path.
  distinct: (_found, { path }) => path.toLowerCase().replace(/\/+/g, '/'),
  entities: (_found, { address }) => ({ sourceAddress: address }),
  principal: false,
  summary: (_found, { address }) => `${address} tried many paths without credentials`,
});

const probes = (count: number, uri: (index: number) => string, by = nobody(), code = 401) =>
  series(count, (at, index) => call(by, 'get', { code, uri: uri(index), at }), 100 * MINUTE);

export const examples = () => ({
  fires: {
    '203.0.113.66 tried many paths without credentials': probes(11, (index) => `/api/v1/namespaces/n${index}/secrets`),
    '198.51.100.7 tried many paths without credentials': probes(
      11,
      (i) => `/login${i}`,
      anonymous('198.51.100.7'),
      404,
    ),
  },
  silent: {
    'ten paths in a day': probes(10, (index) => `/path-${index}`),
    'one path in several spellings': probes(14, (index) => `/${'/'.repeat(index)}%61pi?page=${index}`),
    'health in all its forms': probes(14, (index) => `/livez/check-${index}`),
    'a named user': probes(14, (index) => `/path-${index}`, alice, 403),
    'a server error': probes(14, (index) => `/path-${index}`, nobody(), 500),
  },
});
