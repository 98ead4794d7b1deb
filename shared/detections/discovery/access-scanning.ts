import { isUnauthenticated } from '../../events/actor.ts';
import { isHealthEndpoint } from '../../kubernetes/request-uri.ts';
import { isPublicAddress, subscriberOf } from '../../primitives/ip-address.ts';
import { MINUTE } from '../../primitives/time.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, anonymous, audit, nobody, series } from '../../sdk/examples.ts';
import { threshold } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'access-scanning',
  title: 'API server scanned without credentials',
  description:
    'One address, or one /64 of IPv6, was denied again and again without credentials. Somebody looks for what the API server gives to anonymous callers, or tries expired credentials. Amazon EKS 1.32 and later answer 401 and log an empty user; older clusters answer 403 to system:anonymous.',
  tactic: 'discovery',
  techniques: ['T1046'],
  impact: 70,
  confidence: 70,
  type: 'Anomaly',
  stories: ['Kubernetes Scanning Activity', 'Kubernetes Security'],
  falsePositives:
    'A monitoring probe on a path other than the health endpoints, or a client of yours outside the VPC whose token expired: each is answered with 401 too. From a private address only different paths count.',
  triage:
    'Look at the paths, and at whose address it is. When it is not yours, restrict the public endpoint: aws eks update-cluster-config --name <cluster> --resources-vpc-config publicAccessCidrs=<your CIDR blocks>.',
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html',
    'https://attack.mitre.org/techniques/T1046/',
    'https://research.splunk.com/cloud/2f4abe6d-5991-464d-8216-f90f42999764/',
  ],
  related: [
    'splunk:2f4abe6d-5991-464d-8216-f90f42999764',
    'splunk:Kubernetes Scanning by Unauthenticated IP Address',
    'panther:source_ip_multiple_403',
  ],
  audit: { level: 'metadata', outcomes: ['denied'], actor: isUnauthenticated, dryRun: true },
  find: ({ address, path }) => address !== '' && !isHealthEndpoint(path) && subscriberOf(address),
  window: threshold({ limit: 5, of: 'denied requests', minutes: 60 }),
  // Inside the VPC, a client whose token ended asks for the same paths for ever. There only different paths make a scan.
  distinct: (_subscriber, { address, path, ref }) => (isPublicAddress(address) ? ref : path),
  entities: (subscriber) => ({ sourceAddress: subscriber }),
  principal: false,
  summary: (subscriber) => `${subscriber} probed the API server without credentials`,
});

/** From 10:00 to 23:40, so that the examples cross midnight. */
const late = (at: string) => new Date(Date.parse(at) + 820 * MINUTE).toISOString();

const probes = (count: number, by = nobody(), code = 401, minutes = 1) => {
  const probe = (at: string, index: number) =>
    audit({ verb: 'get', by, code, resource: 'secrets', namespace: `ns-${index}`, at: late(at) });
  return series(count, probe, minutes * MINUTE);
};

export const examples = () => ({
  fires: {
    '203.0.113.66 probed the API server without credentials': probes(6),
    '198.51.100.7 probed the API server without credentials': probes(6, anonymous('198.51.100.7'), 403, 10),
    // Each record is delivered twice.
    '10.0.9.9 probed the API server without credentials': probes(6, nobody('10.0.9.9')).flatMap((e) => [e, e]),
    '2001:db8:0:7::/64 probed the API server without credentials': probes(6).map((event, index) => ({
      ...event,
      sourceIPs: [`2001:db8:0:7:${index}::1`],
    })),
  },
  silent: {
    'an operator that has outlived its pod': series(100, (at, index) =>
      audit({ verb: 'list', by: nobody('10.0.3.103'), code: 401, resource: index % 2 ? 'pods' : 'nodes', at }),
    ),
    'five in an hour': probes(5),
    'one in a quarter of an hour': probes(40, nobody(), 401, 15),
    'load balancers that ask for health': series(20, (at, index) =>
      audit({ verb: 'get', by: anonymous(), code: 403, uri: `/livez?verbose=${index}`, at }),
    ),
    'a named user who may not read secrets': probes(20, alice, 403),
    'one request in several stages': probes(5).flatMap((event) =>
      ['RequestReceived', 'ResponseStarted', 'ResponseComplete'].map((stage) => ({ ...event, stage })),
    ),
  },
});
