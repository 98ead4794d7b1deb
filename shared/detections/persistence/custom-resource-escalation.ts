import { isControlPlane } from '../../eks/identities.ts';
import { nameOf } from '../../events/actor.ts';
import type { Actor } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, bob, pipeline, type RequestParts, serviceAccount } from '../../sdk/examples.ts';
import { nameOfObject } from '../../sdk/phrases.ts';
import { firstSeen } from '../../sdk/windows.ts';

type Parts = Partial<RequestParts>;

/**
 * Custom resources that start pods, machines or virtual machines, or apply what they carry, with the rights of their controller.
 * Sources: the documentation of each project.
 */
const KINDS: Readonly<Record<string, string>> = {
  applications: 'argoproj.io',
  applicationsets: 'argoproj.io',
  clusterworkflowtemplates: 'argoproj.io',
  cronworkflows: 'argoproj.io',
  workflows: 'argoproj.io',
  workflowtemplates: 'argoproj.io',
  ec2nodeclasses: 'karpenter.k8s.aws', // userData runs as root on each new node
  nodepools: 'karpenter.sh',
  nodeclasses: 'eks.amazonaws.com',
  gitrepositories: 'source.toolkit.fluxcd.io',
  helmreleases: 'helm.toolkit.fluxcd.io',
  kustomizations: 'kustomize.toolkit.fluxcd.io',
  helmcharts: 'helm.cattle.io',
  clustertasks: 'tekton.dev',
  pipelineruns: 'tekton.dev',
  taskruns: 'tekton.dev',
  clusterpolicies: 'kyverno.io', // generate and mutate write anything
  objects: 'kubernetes.crossplane.io',
  rayclusters: 'ray.io',
  rayjobs: 'ray.io',
  sparkapplications: 'sparkoperator.k8s.io',
  virtualmachines: 'kubevirt.io',
  virtualmachineinstances: 'kubevirt.io',
};

export default defineDetection({
  id: 'custom-resource-escalation',
  title: 'Custom resource that acts with other rights, by somebody new to it',
  description:
    'Somebody wrote a custom resource whose controller starts pods or machines from it, or applies it, and has not done so on any of the last 30 days. The API server checks only the right to write that kind; what comes of it has the rights of the controller. Audit logs of EKS show no body of custom resources.',
  tactic: 'persistence',
  techniques: ['T1543.005'],
  impact: 60,
  confidence: 50,
  type: 'Anomaly',
  stories: ['Kubernetes Persistence', 'Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: 'A colleague or a pipeline that uses such a kind for the first time.',
  triage: 'Read the object in the cluster, or what its controller did in the minutes after.',
  references: [
    'https://karpenter.sh/docs/concepts/nodeclasses/#specuserdata',
    'https://argo-workflows.readthedocs.io/en/latest/security/',
    'https://fluxcd.io/flux/security/',
  ],
  related: [],
  audit: {
    level: 'metadata',
    verbs: ['create', 'update', 'patch'],
    resources: Object.keys(KINDS),
    actor: (actor: Actor) => !isControlPlane(actor),
  },
  // Service accounts that update are the controllers of these kinds at work; those that create are not.
  find: ({ object, verb, actor }) =>
    KINDS[object.resource] === object.group && (actor.serviceAccount === undefined || verb === 'create'),
  // First-seen and not stateless: somebody who works with Argo or Karpenter writes these all day.
  window: firstSeen({ days: 30 }),
  entities: (_found, { object }) => ({ kind: `${object.resource}.${object.group}` }),
  summary: (_found, event) => `${nameOf(event.actor, event.impersonated)} wrote ${nameOfObject(event.object)}`,
});

const write = (verb: string, by = alice, parts: Parts = {}) =>
  audit({ verb, by, resource: 'ec2nodeclasses.karpenter.k8s.aws', name: 'default', level: 'Metadata', ...parts });

export const examples = () => ({
  fires: {
    'alice wrote ec2nodeclass default': write('patch'),
    'bob wrote workflow ci/build-x1': write('create', bob, {
      resource: 'workflows.argoproj.io',
      namespace: 'ci',
      name: 'build-x1',
    }),
    'service account shop/api wrote taskrun ci/(unnamed)': write('create', serviceAccount('shop', 'api'), {
      resource: 'taskruns.tekton.dev',
      namespace: 'ci',
      name: '',
    }),
  },
  silent: {
    'Karpenter keeps its own kind up to date': write('patch', serviceAccount('kube-system', 'karpenter')),
    'the status is the controller’s': write('update', alice, { resource: 'ec2nodeclasses.karpenter.k8s.aws/status' }),
    'another kind of that name': write('create', alice, { resource: 'objects.example.com' }),
    'a refused attempt changed nothing': write('create', pipeline(), { code: 403 }),
  },
});
