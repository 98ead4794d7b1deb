import { audit, human, pod, truncated } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'audit-record-unreadable',
  title: 'Audit record cut before it says who asked for what',
  description:
    'A request’s URI was so long that its audit record was cut inside it, and verb and caller, which come after it, are lost. Padding a query does that to any request, reading Secrets included, and hides it from every other detection.',
  tactic: 'defense-evasion',
  attack: ['T1562.008'],
  impact: 70,
  confidence: 70,
  type: 'TTP',
  falsePositives: 'None known: label and field selectors of real clients are a few hundred characters long.',
  triage:
    'Nothing else in this log tells who it was. Look at what was asked for in the same minute with long URIs, and for the source in flow logs or the metrics of the endpoint.',
  references: [
    'https://attack.mitre.org/techniques/T1562/008/',
    'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html',
  ],
  answers: [],
  needs: 'header',
  on: { verbs: [''], truncated: true },
  match: () => true,
  entities: (event) => ({ object: objectOf(event.path) }),
  summary: (event) => `Somebody hid a request for ${objectOf(event.path)} behind a URI too long for the audit log`,
});

/** The first steps of the path; all of it may be chosen to be another every time. */
const objectOf = (path: string): string => path.split('/').slice(0, 6).join('/') || 'something';

const padded = (uri: string, end: number) =>
  JSON.stringify(audit({ verb: 'list', by: human('mallory'), resource: 'secrets', uri: `${uri}${'x'.repeat(2_000)}` }))
    .slice(0, end)
    .concat('[Truncated...]');

export const examples = () => ({
  fires: {
    'Somebody hid a request for /api/v1/secrets behind a URI too long for the audit log': padded(
      '/api/v1/secrets?limit=1&x=',
      1_000,
    ),
    'Somebody hid a request for something behind a URI too long for the audit log': padded('/api/v1/', 1_000),
  },
  silent: {
    'a record that was cut later says who it was': truncated(
      audit({ verb: 'create', by: human(), resource: 'pods', namespace: 'default', request: pod({}) }),
    ),
    'a long URI that was kept whole': audit({
      verb: 'list',
      by: human(),
      resource: 'secrets',
      uri: `/api/v1/secrets?x=${'x'.repeat(2_000)}`,
    }),
  },
});
