import { isControlPlane, isNode } from '../../eks/identities.ts';
import type { Actor, AuditEvent } from '../../events/event.ts';
import { type ImageReference, parseImages, repositoryOf } from '../../kubernetes/image.ts';
import { WORKLOADS } from '../../kubernetes/workload.ts';
import type { JsonObject } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  audit,
  bob,
  carol,
  controller,
  pipeline,
  pod,
  type RequestParts,
  workload,
} from '../../sdk/examples.ts';
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
  falsePositives:
    'The first release after the installation, a move to another registry, a side-car that is meant to be there.',
  triage:
    'Compare the image with the one in your repository, and see whether your pipeline made the change. If not: kubectl -n <namespace> rollout undo deployment/<name>.',
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

const patch = (containers: readonly JsonObject[], by = alice, parts: Partial<RequestParts> = {}) =>
  audit({
    verb: 'patch',
    by,
    resource: 'deployments.apps',
    namespace: 'default',
    name: 'web',
    request: { spec: { template: { spec: { containers } } } },
    response: workload('Deployment', {}),
    ...parts,
  });
const at = (day: number) => ({ at: `2026-03-${String(day).padStart(2, '0')}T10:00:00.000000Z` });

export const examples = () => ({
  fires: {
    'alice put image quay.io/evil/tool into deployment default/web': patch([
      { name: 'side-car', image: 'quay.io/evil/tool:1' },
    ]),
    'bob put image quay.io/evil/tool into deployment default/web': patch([], bob, {
      request: [
        { op: 'add', path: '/spec/template/spec/initContainers', value: [{ name: 'i', image: 'quay.io/evil/tool' }] },
      ],
    }),
    'carol put image quay.io/evil/tool into pod default/web': audit({
      verb: 'patch',
      by: carol,
      resource: 'pods',
      namespace: 'default',
      name: 'web',
      request: { spec: { containers: [{ name: 'main', image: 'quay.io/evil/tool' }] } },
      response: pod({}),
    }),
    // The second release of the same repository is nothing new.
    'deploy-pipeline put image docker.io/team/api into deployment default/web': [
      patch([{ name: 'api', image: 'team/api:1' }], pipeline(), at(1)),
      patch([{ name: 'api', image: 'team/api:2' }], pipeline(), at(9)),
    ],
  },
  silent: {
    'a new workload has new images': patch([{ name: 'main', image: 'nginx' }], pipeline(), { code: 201 }),
    'more replicas of the same': patch([], alice, { request: { spec: { replicas: 3 } } }),
    'the controller writes its ReplicaSet': patch(
      [{ name: 'main', image: 'nginx' }],
      controller('deployment-controller'),
      { resource: 'replicasets.apps' },
    ),
    'a refused attempt changed nothing': patch([{ name: 'main', image: 'nginx' }], alice, { code: 403 }),
  },
});
