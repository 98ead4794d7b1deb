import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { ACTING_KINDS } from '../../sdk/acting-kinds.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, pipeline, serviceAccount } from '../../sdk/examples.ts';
import { nameOfObject, said } from '../../sdk/phrases.ts';
import { isNotControlPlane } from '../../sdk/selections.ts';
import { firstSeen } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'custom-resource-escalation',
  title: 'Custom resource that acts with other rights, by somebody new to it',
  description:
    'Somebody wrote a custom resource whose controller starts pods or machines from it, or applies it, and has not done so on any of the last 30 days. The API server checks only the right to write that kind. What the controller then does has the controller’s rights. Audit logs of EKS show no body of custom resources.',
  tactic: 'persistence',
  techniques: ['T1543.005'],
  impact: 60,
  confidence: 50,
  type: 'Anomaly',
  stories: ['Kubernetes Persistence', 'Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: 'A colleague or a pipeline that uses such a kind for the first time.',
  triage:
    'Read the object: kubectl get <kind> <name> -n <namespace> -o yaml. List what its controller created in the minutes after. If it is not known, keep a copy and delete it: kubectl delete <kind> <name> -n <namespace>. Then delete the pods or nodes that are left, since some controllers keep them.',
  references: [
    'https://karpenter.sh/docs/concepts/nodeclasses/#specuserdata',
    'https://argo-workflows.readthedocs.io/en/latest/security/',
    'https://fluxcd.io/flux/security/',
  ],
  related: [],
  audit: { level: 'metadata', verbs: WRITE_VERBS, resources: Object.keys(ACTING_KINDS), actor: isNotControlPlane },
  // Service accounts that update are the controllers of these kinds at work; those that create are not.
  find: ({ object, verb, actor }) =>
    ACTING_KINDS[object.resource] === object.group && (actor.serviceAccount === undefined || verb === 'create'),
  // First-seen and not stateless: somebody who works with Argo or Karpenter writes these all day.
  window: firstSeen({ days: 30 }),
  entities: (_found, { object }) => ({ kind: `${object.resource}.${object.group}` }),
  summary: (_found, event) => said(event, 'write', nameOfObject(event.object)),
});

const NODE_CLASS = 'ec2nodeclasses.karpenter.k8s.aws';

export const examples = () => ({
  fires: {
    'alice wrote ec2nodeclass default': call(alice, `patch ${NODE_CLASS} default`),
    'alice wrote workflow ci/build-x1': call(alice, 'create workflows.argoproj.io ci/build-x1'),
    'service account shop/api wrote taskrun ci/(unnamed)': call(
      serviceAccount('shop', 'api'),
      'create taskruns.tekton.dev ci/',
    ),
  },
  silent: {
    'Karpenter keeps its own kind up to date': call(
      serviceAccount('kube-system', 'karpenter'),
      `patch ${NODE_CLASS} default`,
    ),
    'the status is the controller’s': call(alice, `update ${NODE_CLASS}/status default`),
    'another kind of that name': call(alice, 'create objects.example.com default'),
    'a refused attempt changed nothing': call(pipeline(), `create ${NODE_CLASS} default`, { code: 403 }),
  },
});
