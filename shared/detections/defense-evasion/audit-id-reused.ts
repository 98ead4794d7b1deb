import { nameOf } from '../../events/actor.ts';
import { ANY_OUTCOME, defineDetection } from '../../sdk/detection.ts';
import { alice, call, mallory, pipeline, series } from '../../sdk/examples.ts';
import { threshold } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'audit-id-reused',
  title: 'Audit ID reused for several requests (Audit-ID header)',
  description:
    'A client set the Audit-ID header itself and used the same value for several requests. A tool that tells records apart by their audit ID alone drops all of them but the first. UUIDs as the API server makes them are not judged. eks-detect does not rely on the ID, so every request is seen anyway.',
  tactic: 'defense-evasion',
  techniques: ['T1562.008'],
  impact: 60,
  confidence: 60,
  type: 'TTP',
  falsePositives: 'A gateway in front of the API server that sends one audit ID for a whole session.',
  triage:
    'Read all requests with this audit ID in the order of their time; other tools may show only the first. If the caller is not a gateway of yours, treat its credentials as stolen and remove its access: aws eks delete-access-entry --cluster-name <cluster> --principal-arn <arn>, or kubectl -n <namespace> delete serviceaccount <name>.',
  references: [
    'https://attack.mitre.org/techniques/T1562/008/',
    'https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/',
  ],
  related: [],
  audit: { level: 'metadata', clientChosenId: true, outcomes: ANY_OUTCOME, dryRun: true },
  find: ({ auditId }) => auditId,
  window: threshold({ limit: 1, of: 'requests', hours: 24 }),
  entities: (auditId) => ({ auditId }),
  summary: (auditId, { actor, impersonated }) =>
    `${nameOf(actor, impersonated)} sent several requests with the audit ID ${auditId}`,
});

const reads = (count: number, auditId: string, by = mallory) =>
  series(count, (at, i) => call(by, `get secrets default/secret-${i}`, { at, auditId }));

const NIL = '00000000-0000-0000-0000-000000000000';

export const examples = () => ({
  fires: {
    'mallory sent several requests with the audit ID 1': reads(2, '1'),
    [`alice sent several requests with the audit ID ${NIL}`]: reads(3, NIL, alice),
  },
  silent: {
    'a UUID as the API server makes them': reads(5, '4d0b2f6a-2d5c-4a4e-8b0e-0c9a1c7e5f21', pipeline()),
    'one request in two stages': reads(1, 'trace-4711').flatMap((read) => [
      { ...read, stage: 'ResponseStarted' },
      read,
    ]),
    'a gateway that sends another ID for each request': [...reads(1, 'gw-1', alice), ...reads(1, 'gw-2', alice)],
  },
});
