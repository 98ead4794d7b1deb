import { isProvenEks } from '../../eks/identities.ts';
import type { Actor, AuditEvent } from '../../events/event.ts';
import { type JsonObject, objectAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  audit,
  bob,
  carol,
  component,
  dave,
  mallory,
  oscar,
  pipeline,
  type RequestParts,
  session,
} from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';

/** A YAML text with the escapes of double-quoted strings undone, and lines that such a string is folded over joined. */
const unescaped = (yaml: string): string =>
  yaml
    .replace(/\\\r?\n\s*/g, '')
    .replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U0000([0-9a-f]{4}))/gi, (_, two, four, eight) =>
      String.fromCharCode(Number.parseInt(two ?? four ?? eight, 16)),
    );

/** Whether what was written maps anybody to system:masters. Only update and patch are logged with a body. */
const mapsMasters = (event: AuditEvent): boolean => {
  const written = event.verb === 'patch' ? (event.requestObject ?? event.body) : event.body;
  return Object.values(objectAt(written, 'data') ?? {}).some(
    (text) => typeof text === 'string' && unescaped(text).includes('system:masters'),
  );
};

export default defineDetection({
  id: 'aws-auth-changed',
  title: 'aws-auth ConfigMap changed (IAM principals of the cluster)',
  description:
    'Somebody other than Amazon EKS changed the ConfigMap that says which IAM principal is which user of the cluster. It is critical when the new text maps anybody to system:masters: that is full access from outside, and no role or binding shows it.',
  tactic: 'persistence',
  techniques: ['T1098'],
  impact: 80,
  confidence: 80,
  denied: { impact: 80, confidence: 50 },
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives:
    'A pipeline or eksctl that adds node roles or people. Amazon EKS itself, where a cluster has authentication mode CONFIG_MAP and its managers come from an account that is not known here: suppress that principal. A change beside a mapping to system:masters that was there before counts as one, since the text is written as a whole.',
  triage:
    'Compare the ConfigMap with the one in your repository: kubectl -n kube-system get configmap aws-auth -o yaml. Remove unknown mappings, then list what those principals did since. Move to access entries of Amazon EKS; CloudTrail records each change of those.',
  references: [
    'https://stratus-red-team.cloud/attack-techniques/EKS/eks.persistence.backdoor-aws-auth-configmap/',
    'https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html',
  ],
  related: [
    'elastic:persistence_kubernetes_eks_aws_auth_configmap_modified',
    'elastic:persistence_kubernetes_security_critical_configmap_modified',
  ],
  audit: {
    // A create is logged without a body, and so is what is left of a cut record.
    level: 'any',
    verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
    resources: ['configmaps'],
    actor: (actor: Actor) => !isProvenEks(actor),
  },
  find: (event) => {
    const { namespace, name } = event.object;
    const isIt = name === 'aws-auth' || (event.verb === 'deletecollection' && name === '');
    return namespace === 'kube-system' && isIt && { masters: mapsMasters(event) };
  },
  weight: ({ masters }) => (masters ? { impact: 95, confidence: 90 } : {}),
  entities: () => ({ configMap: 'kube-system/aws-auth' }),
  summary: ({ masters }, event) =>
    said(
      event,
      event.verb.startsWith('delete') ? 'delete' : 'change',
      `the aws-auth mapping${masters ? ', with system:masters in it' : ''}`,
    ),
});

const write = (by = alice, data: JsonObject | undefined, parts: Partial<RequestParts> = {}) =>
  audit({
    verb: 'update',
    by,
    resource: 'configmaps',
    namespace: 'kube-system',
    name: 'aws-auth',
    ...(data && { request: { kind: 'ConfigMap', data } }),
    ...parts,
  });

export const examples = () => ({
  fires: {
    'alice changed the aws-auth mapping': write(alice, { mapRoles: '- rolearn: arn:aws:iam::111122223333:role/node' }),
    'bob changed the aws-auth mapping, with system:masters in it': write(bob, {
      mapUsers: '- userarn: arn:aws:iam::111122223333:user/eve\n  groups:\n  - system:masters\n',
    }),
    'carol changed the aws-auth mapping, with system:masters in it': write(
      carol,
      { mapRoles: '[{"rolearn": "x", "groups": ["system\\x3ama\\\n   sters"]}]' },
      { verb: 'patch' },
    ),
    'deploy-pipeline changed the aws-auth mapping': write(pipeline(), undefined, { verb: 'create', level: 'Metadata' }),
    'dave deleted the aws-auth mapping': write(dave, undefined, { verb: 'delete' }),
    'oscar deleted the aws-auth mapping': write(oscar, undefined, {
      verb: 'delete',
      query: 'dryRun=All',
      request: { kind: 'DeleteOptions', apiVersion: 'v1' },
    }),
    // The name of a role is nobody's own: only accounts of Amazon EKS prove a manager.
    'eks:node-manager changed the aws-auth mapping': write(
      session('AWSWesleyClusterManagerLambda-x', 'y', { account: '444455556666', user: 'eks:node-manager' }),
      { mapRoles: '' },
    ),
    'mallory was denied changing the aws-auth mapping': write(mallory, undefined, { code: 403 }),
  },
  silent: {
    'Amazon EKS adds the role of a node group': write(
      { ...component('apiserver'), user: { username: 'eks:node-manager', groups: ['system:authenticated'] } },
      { mapRoles: '- rolearn: arn:aws:iam::111122223333:role/node' },
    ),
    'Amazon EKS does so from an account of its own': write(
      session('AWSWesleyClusterManagerLambda-NodeManagerRole-16UPVDKA1KBGI', 'EKSAuthTokenSession', {
        account: '892146088969',
        user: 'eks:node-manager',
      }),
      { mapRoles: '- rolearn: arn:aws:iam::111122223333:role/node' },
    ),
    'a ConfigMap of that name elsewhere': write(alice, undefined, { namespace: 'default' }),
    'another ConfigMap': write(alice, { groups: 'system:masters' }, { name: 'aws-auth-docs' }),
    'reading it changes nothing': write(alice, undefined, { verb: 'get' }),
  },
});
