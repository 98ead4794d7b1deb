import { isUserOrWorkload } from '../../eks/identities.ts';
import type { AuditEvent } from '../../events/event.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { textAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  bob,
  type Caller,
  call,
  carol,
  component,
  DENIED_BY_ADMISSION,
  dave,
  mallory,
  type RequestParts,
  serviceAccount,
} from '../../sdk/examples.ts';
import { isNew, said } from '../../sdk/phrases.ts';
import { firstSeen } from '../../sdk/windows.ts';
import { writtenOf } from '../../sdk/written-part.ts';

const ANNOTATION = 'eks.amazonaws.com/role-arn';

const accountOf = ({ object, body }: AuditEvent): string => {
  const name = object.name || textAt(body, 'metadata', 'name') || `${textAt(body, 'metadata', 'generateName')}*`;
  return `${object.namespace}/${name}`;
};

export default defineDetection({
  id: 'service-account-role-changed',
  title: 'IAM role of a service account set or changed (IRSA, eks.amazonaws.com/role-arn)',
  description:
    'Somebody wrote an IAM role into the annotation of a service account that has not had this role for 30 days. Every new pod of the account gets credentials of the role, if the trust policy of the role lets the account in.',
  tactic: 'persistence',
  techniques: ['T1098'],
  impact: 80,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'Anomaly',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives:
    'A team moves a workload to another role. A new account that comes with its role, as charts bring them, is reported as low.',
  triage:
    'Ask who wanted the role, and see which pods of the account are newer than the change: kubectl -n <namespace> get pods --field-selector spec.serviceAccountName=<name>. Take the role away with kubectl -n <namespace> annotate serviceaccount <name> eks.amazonaws.com/role-arn- and delete those pods. Then revoke the sessions of the role, and name the account in its trust policy.',
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html',
  ],
  related: [],
  audit: { level: 'request', verbs: WRITE_VERBS, resources: ['serviceaccounts'], actor: isUserOrWorkload },
  find: (event) =>
    (event.object.group === '' && textAt(writtenOf(event), 'metadata', 'annotations', ANNOTATION)) || undefined,
  weight: (_role, event) => (isNew(event) ? { confidence: 40 } : {}),
  // First-seen: who applies a whole manifest every day writes the same role every day.
  window: firstSeen({ days: 30 }),
  entities: (role, event) => ({ serviceAccount: accountOf(event), iamRole: role }),
  principal: false,
  summary: (role, event) => said(event, 'set', `the IAM role of service account ${accountOf(event)} to ${role}`),
});

const ADMIN = 'arn:aws:iam::111122223333:role/admin';
const path = '/metadata/annotations/eks.amazonaws.com~1role-arn';
const account = { kind: 'ServiceAccount', metadata: { name: 'web', annotations: { [ANNOTATION]: ADMIN } } };
const generated = { metadata: { generateName: 'web-', annotations: { [ANNOTATION]: ADMIN } } };
const plain = { metadata: { annotations: { team: 'shop' } } };

const write = (by: Caller, verb: string, request: RequestParts['request'] = account, parts = {}) =>
  call(by, `${verb} serviceaccounts shop/web`, { request, ...parts });
const addOnManager = () => ({ ...component('addon-manager'), user: { username: 'eks:addon-manager' } });
const copy = [{ op: 'copy', from: '/metadata/annotations/next', path }];

export const examples = () => ({
  fires: {
    [`alice set the IAM role of service account shop/web to ${ADMIN}`]: write(alice, 'patch'),
    [`bob set the IAM role of service account shop/web to ${ADMIN}`]: write(bob, 'update'),
    [`carol set the IAM role of service account shop/web to ${ADMIN}`]: write(carol, 'patch', [
      { op: 'add', path, value: ADMIN },
    ]),
    [`dave set the IAM role of service account shop/web to ${ADMIN}`]: write(dave, 'patch', copy, {
      response: account,
    }),
    [`service account shop/api set the IAM role of service account shop/web-* to ${ADMIN}`]: write(
      serviceAccount('shop', 'api'),
      'create',
      generated,
      { name: '' },
    ),
    [`mallory was denied setting the IAM role of service account shop/web to ${ADMIN}`]: write(
      mallory,
      'create',
      account,
      { ...DENIED_BY_ADMISSION, name: '' },
    ),
  },
  silent: {
    'another annotation of an account with a role': write(alice, 'patch', plain, { response: account }),
    'the role is taken away': [
      write(alice, 'patch', { metadata: { annotations: { [ANNOTATION]: null } } }, { response: plain }),
      write(bob, 'patch', [{ op: 'remove', path }], { response: plain }),
      write(carol, 'update', { metadata: { annotations: { [ANNOTATION]: '' } } }),
    ],
    'Amazon EKS gives an add-on its role': write(addOnManager(), 'patch'),
    'a role that no account has yet': write(alice, 'patch', account, { query: 'dryRun=All' }),
    'a kind of that name in another group': call(alice, 'patch serviceaccounts.example.com shop/web', {
      request: account,
    }),
  },
});
