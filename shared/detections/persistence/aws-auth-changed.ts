import { isProvenEks } from '../../eks/identities.ts';
import type { Actor, AuditEvent } from '../../events/event.ts';
import { CHANGE_VERBS } from '../../kubernetes/verbs.ts';
import { objectAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, amazonEks, bob, call, carol, mallory, pipeline, session } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { writtenOf } from '../../sdk/written-part.ts';

/** A YAML text with the escapes of double-quoted strings undone, and lines that such a string is folded over joined. */
const unescaped = (yaml: string): string =>
  yaml
    .replace(/\\\r?\n\s*/g, '')
    .replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U0000([0-9a-f]{4}))/gi, (_, two, four, eight) =>
      String.fromCharCode(Number.parseInt(two ?? four ?? eight, 16)),
    );

/** Whether what was written maps anybody to system:masters. Only update and patch are logged with a body. */
const mapsMasters = (event: AuditEvent): boolean => {
  const texts = Object.values(objectAt(writtenOf(event), 'data') ?? {});
  return texts.some((text) => typeof text === 'string' && unescaped(text).includes('system:masters'));
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
    'A pipeline or eksctl that adds node roles or people. Amazon EKS itself, where a cluster has authentication mode CONFIG_MAP and its managers come from an account that is not known here: suppress that principal. A change of anything else also weighs as system:masters if the ConfigMap has such a mapping already, since it is written as a whole.',
  triage:
    'Compare the ConfigMap with the one in your repository: kubectl -n kube-system get configmap aws-auth -o yaml. Remove unknown mappings with kubectl -n kube-system edit configmap aws-auth, then list what those principals did since. Move to access entries of Amazon EKS; CloudTrail records each change of those.',
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
    verbs: CHANGE_VERBS,
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
  summary: ({ masters }, event) => {
    const verb = event.verb.startsWith('delete') ? 'delete' : 'change';
    return said(event, verb, `the aws-auth mapping${masters ? ', with system:masters in it' : ''}`);
  },
});

const MAP = 'configmaps kube-system/aws-auth';
const data = (text: string) => ({ request: { kind: 'ConfigMap', data: { mapRoles: text } } });
const node = /* @__PURE__ */ data('- rolearn: arn:aws:iam::111122223333:role/node');
const masters = /* @__PURE__ */ data('- rolearn: arn:aws:iam::111122223333:role/eve\n  groups:\n  - system:masters\n');
const escaped = /* @__PURE__ */ data('[{"rolearn": "x", "groups": ["system\\x3ama\\\n   sters"]}]');
const dryRun = { query: 'dryRun=All', request: { kind: 'DeleteOptions', apiVersion: 'v1' } };
const manager = (account: string) =>
  session('AWSWesleyClusterManagerLambda-NodeManagerRole-16UPVDKA1KBGI', 'EKSAuthTokenSession', {
    account,
    user: 'eks:node-manager',
  });

export const examples = () => ({
  fires: {
    'alice changed the aws-auth mapping': call(alice, `update ${MAP}`, node),
    'alice changed the aws-auth mapping, with system:masters in it': call(alice, `update ${MAP}`, masters),
    'bob changed the aws-auth mapping, with system:masters in it': call(bob, `patch ${MAP}`, escaped),
    'deploy-pipeline changed the aws-auth mapping': call(pipeline(), `create ${MAP}`, { level: 'Metadata' }),
    'alice deleted the aws-auth mapping': call(alice, `delete ${MAP}`),
    // The server reads the options of a delete from its body, and then ignores the query.
    'bob deleted the aws-auth mapping': call(bob, `delete ${MAP}`, dryRun),
    'carol deleted the aws-auth mapping': call(carol, 'deletecollection configmaps kube-system/'),
    // Anybody can name a role like this: only accounts of Amazon EKS prove a manager.
    'eks:node-manager changed the aws-auth mapping': call(manager('444455556666'), `update ${MAP}`, node),
    'mallory was denied changing the aws-auth mapping': call(mallory, `update ${MAP}`, { code: 403 }),
  },
  silent: {
    'Amazon EKS adds the role of a node group': call(amazonEks('node-manager'), `update ${MAP}`, node),
    'Amazon EKS does so from an account of its own': call(manager('892146088969'), `update ${MAP}`, node),
    'a ConfigMap of that name elsewhere': call(alice, 'update configmaps default/aws-auth'),
    'another ConfigMap': call(alice, 'update configmaps kube-system/aws-auth-docs', masters),
    'reading it changes nothing': call(alice, `get ${MAP}`),
  },
});
