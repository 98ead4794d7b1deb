import type { AuditEvent, KubernetesEvent } from '../../events/event.ts';
import { repositoryOf } from '../../kubernetes/image.ts';
import { IMAGE_RESOURCES, PULL_REASONS, WRITE_VERBS } from '../../kubernetes/workload.ts';
import { audit, createPod, human, kubernetesEvent, node, pipeline, pod, workload } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'image-first-seen',
  title: 'Container image not seen in the cluster before',
  description:
    'An image repository runs, or is about to, that the cluster has not used on any of the last 30 days. What the cluster used in its learning period is known.',
  tactic: 'execution',
  attack: ['T1204.003'],
  impact: 50,
  confidence: 50,
  type: 'Anomaly',
  stories: ['Dev Sec Ops', 'Kubernetes Security'],
  falsePositives:
    'Every new service is new once, and one that ran for a month without a restart is new when it starts again. Suppress the registries that only your pipelines can push to.',
  triage: 'Find out who deployed it and from which registry it comes, then what else the same actor did that day.',
  references: ['https://research.splunk.com/cloud/fea515a4-b1d8-4cd6-80d6-e0d71397b891/'],
  answers: [
    'splunk:fea515a4-b1d8-4cd6-80d6-e0d71397b891',
    'guardduty:Execution:Kubernetes/AnomalousBehavior.WorkloadDeployed',
  ],
  needs: 'body or event',
  on: { verbs: WRITE_VERBS, resources: IMAGE_RESOURCES, outcomes: ['succeeded'] },
  reasons: PULL_REASONS,
  options: {
    lookbackDays: [30, 'days without the image after which it counts as new again'],
    tag: [false, 'tell tags of a repository apart'],
    digest: [false, 'tell digests of a repository apart'],
    namespace: [false, 'an image known in one namespace is new in another'],
    node: [false, 'an image known on one node is new on another'],
  },
  each: (event) => (event.source === 'audit' && event.dryRun ? [] : event.images),
  match: () => true,
  state: { kind: 'first-seen', lookback: (options) => options.lookbackDays },
  entities: (event, image, options) => ({
    image: [
      repositoryOf(image),
      options.tag && image.tag ? `:${image.tag}` : '',
      options.digest && image.digest ? `@${image.digest}` : '',
    ].join(''),
    namespace: options.namespace ? namespaceOf(event) : '',
    node: options.node ? nodeOf(event) : '',
  }),
  summary: (event, image) => `Image ${repositoryOf(image)} is new to the cluster, first used in ${namespaceOf(event)}`,
});

const namespaceOf = (event: AuditEvent | KubernetesEvent): string =>
  event.source === 'audit' ? event.object.namespace : event.involved.namespace;

const nodeOf = (event: AuditEvent | KubernetesEvent): string => {
  if (event.source === 'kubernetes-event') return event.host;
  const assigned = event.spec?.raw['nodeName'];
  return event.actor.node ?? (typeof assigned === 'string' ? assigned : '');
};

const running = (image: string) => pod({ containers: [{ name: 'main', image }] });

export const examples = () => ({
  fires: {
    'Image docker.io/library/nginx is new to the cluster, first used in default': createPod(human(), running('nginx')),
    'Image registry.example.com/team/api is new to the cluster, first used in default': audit({
      verb: 'create',
      by: pipeline(),
      resource: 'deployments.apps',
      namespace: 'default',
      name: 'web',
      request: workload('Deployment', { containers: [{ name: 'api', image: 'registry.example.com/team/api:1.4.2' }] }),
    }),
    'Image quay.io/evil/tool is new to the cluster, first used in default': kubernetesEvent({
      reason: 'Pulled',
      message: 'Successfully pulled image "quay.io/evil/tool:1" in 1.2s',
    }),
    'Image quay.io/evil/retagged is new to the cluster, first used in default': audit({
      verb: 'patch',
      by: node(),
      resource: 'pods/status',
      namespace: 'default',
      name: 'web',
      request: {
        status: {
          containerStatuses: [
            {
              name: 'main',
              image: `sha256:${'0'.repeat(64)}`,
              imageID: `quay.io/evil/retagged@sha256:${'1'.repeat(64)}`,
            },
          ],
        },
      },
    }),
  },
  silent: {
    'a refused pod never ran': createPod(human(), running('nginx'), { code: 403 }),
    'a dry run changes nothing': createPod(human(), running('nginx'), { query: 'dryRun=All' }),
    'an image id is no repository': audit({
      verb: 'patch',
      by: node(),
      resource: 'pods/status',
      namespace: 'default',
      name: 'web',
      request: { status: { containerStatuses: [{ name: 'main', image: `sha256:${'0'.repeat(64)}` }] } },
    }),
  },
});
