import { ANY_OUTCOME, defineDetection } from '../../sdk/detection.ts';
import { alice, call, createPod, mallory, pod, truncated } from '../../sdk/examples.ts';

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
  // The first steps of the path only: the caller may choose another path for every request.
  find: ({ path }) => path.split('/').slice(0, 6).join('/') || 'an unknown path',
  entities: (object) => ({ object }),
  principal: false, // It is cut off.
  summary: (object) => `An unknown caller requested ${object} with a URI too long for the audit log`,
});

const listing = (uri: string) => call(mallory, 'list secrets', { uri: uri + 'x'.repeat(2_000) });
const cut = (uri: string) => `${JSON.stringify(listing(uri)).slice(0, 1_000)}[Truncated...]`;

export const examples = () => ({
  fires: {
    'An unknown caller requested /api/v1/secrets with a URI too long for the audit log': cut('/api/v1/secrets?x='),
    'An unknown caller requested an unknown path with a URI too long for the audit log': cut('/api/v1/'),
  },
  silent: {
    'a record that was cut later names its caller': truncated(createPod(alice, pod({}))),
    'a long URI that was kept whole': listing('/api/v1/secrets?x='),
  },
});
