import { isControlPlane, isNode } from '../../eks/identities.ts';
import { nameOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { type ImageReference, parseImages, repositoryOf } from '../../kubernetes/image.ts';
import { WORKLOADS } from '../../kubernetes/workload.ts';
import { audit, controller, human, pipeline, pod, workload } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { isNew } from '../../sdk/phrases.ts';
import { nameOfRequested, requestedContainers } from '../../sdk/pod-requests.ts';

const writtenImages = (event: AuditEvent): readonly ImageReference[] => {
  const images = parseImages(requestedContainers(event).map(({ image }) => image));
  return [...new Map(images.map((image) => [image.text, image])).values()];
};

export default defineDetection({
  id: 'workload-image-changed',
  title: 'Workload changed to an image that is new for it',
  description:
    'A workload that was there already got an image, or a further container with one, that it was not given on any of the last 30 days. What runs under a trusted name is then something else.',
  tactic: 'persistence',
  attack: ['T1525'],
  impact: 50,
  confidence: 50,
  type: 'Anomaly',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives:
    'The first release after the installation, a move to another registry, a side-car that is meant to be there.',
  triage: 'Compare the image with the one in your repository, and see whether the change came the way changes come.',
  references: ['https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#updating-a-deployment'],
  answers: [
    'sigma:kubernetes_audit_sidecar_injection',
    'elastic:privilege_escalation_sensitive_workload_modification_by_user_agent',
    'elastic:defense_evasion_kubernetes_workload_sidecar_injection',
  ],
  needs: 'body',
  on: {
    verbs: ['update', 'patch'],
    resources: WORKLOADS,
    outcomes: ['succeeded'],
    actor: (actor) => !isControlPlane(actor) && !isNode(actor),
  },
  options: {
    lookbackDays: [30, 'days without the image after which it counts as new for the workload again'],
    tag: [false, 'tell tags of a repository apart; every release is new then'],
  },
  each: (event) => (event.dryRun || isNew(event) ? [] : writtenImages(event)),
  match: () => true,
  state: { kind: 'first-seen', lookback: (options) => options.lookbackDays },
  entities: (event, image, options) => ({
    workload: nameOfRequested(event),
    image: repositoryOf(image) + (options.tag && image.tag ? `:${image.tag}` : ''),
  }),
  summary: (event, image) =>
    `${nameOf(event.actor, event.impersonated)} put image ${repositoryOf(image)} into ${nameOfRequested(event)}`,
});

const patch = (containers: readonly object[], by = human(), parts: Partial<Parameters<typeof audit>[0]> = {}) =>
  audit({
    verb: 'patch',
    by,
    resource: 'deployments.apps',
    namespace: 'default',
    name: 'web',
    request: { spec: { template: { spec: { containers: containers as never } } } },
    response: workload('Deployment', {}),
    ...parts,
  });
const at = (day: number) => ({ at: `2026-03-${String(day).padStart(2, '0')}T10:00:00.000000Z` });

export const examples = () => ({
  fires: {
    'alice put image quay.io/evil/tool into deployment default/web': patch([
      { name: 'side-car', image: 'quay.io/evil/tool:1' },
    ]),
    'bob put image quay.io/evil/tool into deployment default/web': patch([], human('bob'), {
      request: [
        { op: 'add', path: '/spec/template/spec/initContainers', value: [{ name: 'i', image: 'quay.io/evil/tool' }] },
      ],
    }),
    'carol put image quay.io/evil/tool into pod default/web': audit({
      verb: 'patch',
      by: human('carol'),
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
    'more replicas of the same': patch([], human(), { request: { spec: { replicas: 3 } } }),
    'the controller writes its ReplicaSet': patch(
      [{ name: 'main', image: 'nginx' }],
      controller('deployment-controller'),
      { resource: 'replicasets.apps' },
    ),
    'a refused attempt changed nothing': patch([{ name: 'main', image: 'nginx' }], human(), { code: 403 }),
  },
});
