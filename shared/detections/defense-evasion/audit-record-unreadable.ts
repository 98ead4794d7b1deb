import { ANY_OUTCOME, defineDetection } from '../../sdk/detection.ts';
import { alice, audit, mallory, pod, truncated } from '../../sdk/examples.ts';

/** The first steps of the path only: the caller may choose another path for every request. */
const objectOf = (path: string): string => path.split('/').slice(0, 6).join('/') || 'an unknown path';

export default defineDetection({
  id: 'audit-record-unreadable',
  title: 'Audit log record cut before verb and caller (oversized request URI)',
  description:
    'A request URI was so long that CloudWatch Logs cut the audit record inside it. Verb and caller come later in the record and are lost. A padded query hides any request this way from all other detections, reading Secrets included.',
  tactic: 'defense-evasion',
  techniques: ['T1562.008'],
  impact: 70,
  confidence: 70,
  type: 'TTP',
  falsePositives: 'None known: label and field selectors of real clients are a few hundred characters long.',
  triage:
    'The audit log does not name the caller. Read the requests of the same minute, and look for the source address in VPC flow logs. If the address is public, restrict the public endpoint: aws eks update-cluster-config --name <cluster> --resources-vpc-config publicAccessCidrs=<your CIDR blocks>.',
  references: [
    'https://attack.mitre.org/techniques/T1562/008/',
    'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html',
  ],
  related: [],
  audit: { level: 'metadata', truncated: true, verbs: [''], outcomes: ANY_OUTCOME, dryRun: true },
  find: ({ path }) => objectOf(path),
  entities: (object) => ({ object }),
  principal: false, // It is cut off.
  summary: (object) => `A request for ${object} had a URI too long for the audit log, so its caller is unknown`,
});

const padded = (uri: string, end: number) =>
  JSON.stringify(audit({ verb: 'list', by: mallory, resource: 'secrets', uri: `${uri}${'x'.repeat(2_000)}` }))
    .slice(0, end)
    .concat('[Truncated...]');

export const examples = () => ({
  fires: {
    'A request for /api/v1/secrets had a URI too long for the audit log, so its caller is unknown': padded(
      '/api/v1/secrets?limit=1&x=',
      1_000,
    ),
    'A request for an unknown path had a URI too long for the audit log, so its caller is unknown': padded(
      '/api/v1/',
      1_000,
    ),
  },
  silent: {
    'a record that was cut later names its caller': truncated(
      audit({ verb: 'create', by: alice, resource: 'pods', namespace: 'default', request: pod({}) }),
    ),
    'a long URI that was kept whole': audit({
      verb: 'list',
      by: alice,
      resource: 'secrets',
      uri: `/api/v1/secrets?x=${'x'.repeat(2_000)}`,
    }),
  },
});
