import { repositoryOf } from '../../kubernetes/image.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { IMAGE_RESOURCES, PULL_REASONS } from '../../kubernetes/workload.ts';
import type { JsonObject } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  call,
  createPod,
  DENIED_BY_ADMISSION,
  kubernetesEvent,
  node,
  pod,
  workload,
  writeWorkload,
} from '../../sdk/examples.ts';
import { namespaceOfUse, nodeOfUse } from '../../sdk/image-uses.ts';
import { inNamespace } from '../../sdk/phrases.ts';
import { firstSeen } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'image-first-seen',
  title: 'Container image not seen in the cluster before',
  description:
    'The cluster runs, or is about to run, an image repository that it has not used on any of the last 30 days. An attacker who starts a pod often brings an image of their own. What the cluster used in its learning period is known.',
  tactic: 'execution',
  techniques: ['T1204.003'],
  impact: 50,
  confidence: 50,
  type: 'Anomaly',
  stories: ['Dev Sec Ops', 'Kubernetes Security'],
  falsePositives:
    'Every new service is new once, and one that ran for a month without a restart is new when it starts again. Suppress the registries that only your pipelines can push to.',
  triage:
    'Find out who deployed it, from which registry it comes, and what else the same caller did that day. List the pods that run it: kubectl get pods -A -o custom-columns=NS:.metadata.namespace,POD:.metadata.name,IMAGE:.spec.containers[*].image. If nobody knows it, delete its workload.',
  references: [
    'https://attack.mitre.org/techniques/T1204/003/',
    'https://research.splunk.com/cloud/fea515a4-b1d8-4cd6-80d6-e0d71397b891/',
  ],
  related: [
    'splunk:fea515a4-b1d8-4cd6-80d6-e0d71397b891',
    'guardduty:Execution:Kubernetes/AnomalousBehavior.WorkloadDeployed',
  ],
  audit: { level: 'request', verbs: WRITE_VERBS, resources: IMAGE_RESOURCES },
  'kubernetes-event': { reasons: PULL_REASONS },
  window: firstSeen({ days: 30 }),
  options: {
    tag: [false, 'tell tags of a repository apart'],
    digest: [false, 'tell digests of a repository apart'],
    namespace: [false, 'an image known in one namespace is new in another'],
    node: [false, 'an image known on one node is new on another'],
  },
  find: (event) => event.images,
  entities: (image, event, options) => {
    const tag = options.tag && image.tag ? `:${image.tag}` : '';
    const digest = options.digest && image.digest ? `@${image.digest}` : '';
    const namespace = options.namespace ? namespaceOfUse(event) : '';
    return { image: `${repositoryOf(image)}${tag}${digest}`, namespace, node: options.node ? nodeOfUse(event) : '' };
  },
  principal: false,
  summary: (image, event) =>
    `Image ${repositoryOf(image)} is new to the cluster, first used${inNamespace(namespaceOfUse(event))}`,
});

const spec = (image: string) => ({ containers: [{ name: 'main', image }] });
const run = (image: string, parts = {}) => createPod(alice, pod(spec(image)), parts);
const report = (imageStatus: JsonObject) => {
  const containerStatuses = [{ name: 'main', image: `sha256:${'0'.repeat(64)}`, ...imageStatus }];
  return call(node(), 'patch pods/status default/web', { request: { status: { containerStatuses } } });
};

export const examples = () => ({
  fires: {
    'Image docker.io/library/nginx is new to the cluster, first used in namespace default': run('nginx'),
    'Image registry.example.com/team/api is new to the cluster, first used in namespace default': writeWorkload(
      alice,
      workload('Deployment', spec('registry.example.com/team/api:1.4.2')),
    ),
    'Image quay.io/evil/tool is new to the cluster, first used in namespace default': kubernetesEvent({
      reason: 'Pulled',
      message: 'Successfully pulled image "quay.io/evil/tool:1" in 1.2s',
    }),
    'Image quay.io/evil/retagged is new to the cluster, first used in namespace default': report({
      imageID: `quay.io/evil/retagged@sha256:${'1'.repeat(64)}`,
    }),
  },
  silent: {
    'a denied pod never ran': run('nginx', DENIED_BY_ADMISSION),
    'a dry run changes nothing': run('nginx', { query: 'dryRun=All' }),
    'an image id is no repository': report({}),
  },
});
