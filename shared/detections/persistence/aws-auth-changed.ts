import { isProvenEks } from '../../eks/identities.ts';
import { principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { objectAt } from '../../primitives/json.ts';
import { session } from '../../sdk/aws-service-examples.ts';
import { audit, component, human, pipeline } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';

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
  title: 'aws-auth mapping changed',
  description:
    'Somebody other than Amazon EKS changed the ConfigMap that says which IAM principal is which user of the cluster. When the new text maps anybody to system:masters it is critical: that is full access, from outside, that no role or binding shows.',
  tactic: 'persistence',
  attack: ['T1098'],
  impact: 80,
  confidence: 80,
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives:
    'A pipeline or eksctl that adds node roles or people. Amazon EKS itself, where a cluster has authentication mode CONFIG_MAP and its managers come from an account that is not known here: suppress that principal. A change beside a mapping to system:masters that was there before counts as one, since the text is written as a whole.',
  triage:
    'Compare the ConfigMap with the one in your repository. Move to access entries: they are changed through CloudTrail.',
  references: [
    'https://stratus-red-team.cloud/attack-techniques/EKS/eks.persistence.backdoor-aws-auth-configmap/',
    'https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html',
  ],
  answers: [
    'elastic:persistence_kubernetes_eks_aws_auth_configmap_modified',
    'elastic:persistence_kubernetes_security_critical_configmap_modified',
  ],
  // A create is logged without a body, and so is what is left of a cut record.
  needs: 'header or body',
  on: {
    verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
    resources: ['configmaps'],
    outcomes: ['succeeded', 'denied'],
    actor: (actor) => !isProvenEks(actor),
  },
  match: ({ object, verb, dryRun }) =>
    !dryRun &&
    object.namespace === 'kube-system' &&
    (object.name === 'aws-auth' || (verb === 'deletecollection' && object.name === '')),
  weight: (event) => {
    if (event.outcome === 'denied') return { confidence: 50 };
    return mapsMasters(event) ? { impact: 95, confidence: 90 } : {};
  },
  entities: (event) => ({ configMap: 'kube-system/aws-auth', principal: principalOf(event.actor) }),
  summary: (event) => {
    const isGone = event.verb.startsWith('delete');
    const what = mapsMasters(event) ? ', with system:masters in it' : '';
    return `${whoDid(event, isGone ? 'deleted' : 'changed', isGone ? 'delete' : 'change')} the aws-auth mapping${what}`;
  },
});

const write = (by = human(), data: object | undefined, parts: Partial<Parameters<typeof audit>[0]> = {}) =>
  audit({
    verb: 'update',
    by,
    resource: 'configmaps',
    namespace: 'kube-system',
    name: 'aws-auth',
    ...(data && { request: { kind: 'ConfigMap', data: data as never } }),
    ...parts,
  });

export const examples = () => ({
  fires: {
    'alice changed the aws-auth mapping': write(human(), {
      mapRoles: '- rolearn: arn:aws:iam::111122223333:role/node',
    }),
    'bob changed the aws-auth mapping, with system:masters in it': write(human('bob'), {
      mapUsers: '- userarn: arn:aws:iam::111122223333:user/eve\n  groups:\n  - system:masters\n',
    }),
    'carol changed the aws-auth mapping, with system:masters in it': write(
      human('carol'),
      { mapRoles: '[{"rolearn": "x", "groups": ["system\\x3ama\\\n   sters"]}]' },
      { verb: 'patch' },
    ),
    'deploy-pipeline changed the aws-auth mapping': write(pipeline(), undefined, { verb: 'create', level: 'Metadata' }),
    'dave deleted the aws-auth mapping': write(human('dave'), undefined, { verb: 'delete' }),
    'oscar deleted the aws-auth mapping': write(human('oscar'), undefined, {
      verb: 'delete',
      query: 'dryRun=All',
      request: { kind: 'DeleteOptions', apiVersion: 'v1' },
    }),
    // The name of a role is nobody's own: only accounts of Amazon EKS prove a manager.
    'eks:node-manager changed the aws-auth mapping': write(
      session('AWSWesleyClusterManagerLambda-x', 'y', { account: '444455556666', user: 'eks:node-manager' }),
      { mapRoles: '' },
    ),
    'mallory was refused to change the aws-auth mapping': write(human('mallory'), undefined, { code: 403 }),
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
    'a ConfigMap of that name elsewhere': write(human(), undefined, { namespace: 'default' }),
    'another ConfigMap': write(human(), { groups: 'system:masters' }, { name: 'aws-auth-docs' }),
    'reading it changes nothing': write(human(), undefined, { verb: 'get' }),
  },
});
