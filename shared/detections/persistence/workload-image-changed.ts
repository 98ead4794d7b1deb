import { isControlPlane, isNode } from '../../eks/identities.ts';
import type { Actor, AuditEvent } from '../../events/event.ts';
import { type ImageReference, parseImages, repositoryOf } from '../../kubernetes/image.ts';
import { WORKLOADS } from '../../kubernetes/workload.ts';
import type { Json } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, amazonEks, bob, call, carol, controller, node, pipeline, pod, workload } from '../../sdk/examples.ts';
import { isNew, said } from '../../sdk/phrases.ts';
import { nameOfRequested, requestedContainers } from '../../sdk/pod-requests.ts';
import { firstSeen } from '../../sdk/windows.ts';

const writtenImages = (event: AuditEvent): readonly ImageReference[] => {
  const images = parseImages(requestedContainers(event).map(({ image }) => image));
  return [...new Map(images.map((image) => [image.text, image])).values()];
};

export default defineDetection({
  id: 'workload-image-changed',
  title: 'Workload changed to an image that is new for it (sidecar injection)',
  description:
    'A workload that was there already got an image, or a further container with one, that it was not given on any of the last 30 days. It now runs other code under its trusted name.',
  tactic: 'persistence',
  techniques: ['T1525'],
  impact: 50,
  confidence: 50,
  type: 'Anomaly',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives: 'The first release after the installation, a move to another registry, or a new side-car.',
  triage:
    'Compare the image with the one in your repository, and check whether your pipeline made the change. If not: kubectl -n <namespace> rollout undo deployment/<name>.',
  references: ['https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#updating-a-deployment'],
  related: [
    'sigma:kubernetes_audit_sidecar_injection',
    'elastic:privilege_escalation_sensitive_workload_modification_by_user_agent',
    'elastic:defense_evasion_kubernetes_workload_sidecar_injection',
  ],
  audit: {
    level: 'request',
    verbs: ['update', 'patch'],
    resources: WORKLOADS,
    actor: (actor: Actor) => !isControlPlane(actor) && !isNode(actor),
  },
  options: { tag: [false, 'tell tags of a repository apart; every release is new then'] },
  window: firstSeen({ days: 30 }),
  find: (event) => !isNew(event) && writtenImages(event),
  entities: (image, event, { tag }) => ({
    workload: nameOfRequested(event),
    image: repositoryOf(image) + (tag && image.tag ? `:${image.tag}` : ''),
  }),
  principal: false,
  summary: (image, event) => said(event, 'put', `image ${repositoryOf(image)} into ${nameOfRequested(event)}`),
});

const patch = (by = alice, request: Json, parts = {}) =>
  call(by, 'patch deployments.apps default/web', { request, response: workload('Deployment', {}), ...parts });
const runs = (image: string) => ({ spec: { containers: [{ name: 'main', image }] } });
const deploys = (image: string) => ({ spec: { template: runs(image) } });
const evil = 'quay.io/evil/tool';
const initContainer = { op: 'add', path: '/spec/template/spec/initContainers', value: [{ image: evil }] };
const bare = () => ({ request: runs(evil), response: pod({}) });
const deployer = /* @__PURE__ */ controller('deployment-controller');
const at = (day: number) => ({ at: `2026-03-0${day}T10:00:00.000000Z` });

export const examples = () => ({
  fires: {
    'alice put image quay.io/evil/tool into deployment default/web': patch(alice, deploys(`${evil}:1`)),
    'bob put image quay.io/evil/tool into deployment default/web': patch(bob, [initContainer]),
    'carol put image quay.io/evil/tool into pod default/web': call(carol, 'patch pods default/web', bare()),
    // The second release of the same repository is nothing new.
    'deploy-pipeline put image docker.io/team/api into deployment default/web': [
      patch(pipeline(), deploys('team/api:1'), at(1)),
      patch(pipeline(), deploys('team/api:2'), at(9)),
    ],
  },
  silent: {
    'a new workload has new images': patch(pipeline(), deploys('nginx'), { code: 201 }),
    'more replicas of the same': patch(alice, { spec: { replicas: 3 } }),
    'the controller writes its ReplicaSet': patch(deployer, deploys('nginx'), { resource: 'replicasets.apps' }),
    'Amazon EKS updates an add-on': patch(amazonEks('addon-manager'), deploys('nginx')),
    'a node reports on its pod': call(node(), 'patch pods default/web', bare()),
    'a refused attempt changed nothing': patch(alice, deploys('nginx'), { code: 403 }),
  },
});
