import type { AuditEvent, KubernetesEvent } from '../../events/event.ts';
import { isFrom } from '../../indicators/image-list.ts';
import { repositoryOf } from '../../kubernetes/image.ts';
import { IMAGE_RESOURCES, PULL_REASONS, WRITE_VERBS } from '../../kubernetes/workload.ts';
import { audit, createPod, human, kubernetesEvent, node, pipeline, pod, workload } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'image-not-allowed',
  title: 'Image from a place that is not allowed',
  description:
    'An image runs, or is about to, that comes from none of the registries and repositories in a list of yours. The list is matched on the image itself, container by container, never on names or annotations that a client writes.',
  tactic: 'execution',
  attack: ['T1204.003'],
  impact: 60,
  confidence: 80,
  type: 'TTP',
  stories: ['Dev Sec Ops', 'Kubernetes Security'],
  falsePositives:
    'A list that lacks a place which you use. `replay` with this detection enabled shows which, before you deploy it.',
  triage: 'Find out who deployed the workload and why not from a registry of yours; then what the image does.',
  references: [
    'https://research.splunk.com/cloud/4d3a17b3-0a6d-4ae0-9421-46623a69c122/',
    'https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html',
  ],
  answers: ['splunk:4d3a17b3-0a6d-4ae0-9421-46623a69c122', 'falco:Create Disallowed Pod'],
  // Every team has another list; the one that it begins with knows the images of EKS only.
  enabled: false,
  needs: 'body or event',
  on: { verbs: WRITE_VERBS, resources: IMAGE_RESOURCES, outcomes: ['succeeded', 'denied'] },
  reasons: PULL_REASONS,
  options: {
    allowed: [
      ['602401143452.dkr.ecr.*.amazonaws.com', 'public.ecr.aws/eks', 'public.ecr.aws/eks-distro', 'registry.k8s.io'],
      'registries and repositories, such as `ghcr.io/team`; `*` stands for any characters but a slash',
    ],
  },
  each: (event) => event.images,
  match: (event, options, image) => !isFrom(options.allowed, image) && !(event.source === 'audit' && event.dryRun),
  weight: (event) => (event.source === 'audit' && event.outcome === 'denied' ? { confidence: 50 } : {}),
  entities: (event, image) => ({ image: repositoryOf(image), namespace: namespaceOf(event) }),
  summary: (event, image) => {
    const did = event.source === 'audit' && event.outcome === 'denied' ? 'was refused' : 'is used';
    return `Image ${repositoryOf(image)} ${did} in ${namespaceOf(event)} and is not from an allowed place`;
  },
});

const namespaceOf = (event: AuditEvent | KubernetesEvent): string =>
  event.source === 'audit' ? event.object.namespace : event.involved.namespace;

const running = (image: string, decoy = 'registry.k8s.io/pause:3.10') =>
  pod({ containers: [{ name: 'decoy', image: decoy }], initContainers: [{ name: 'main', image }] });

export const examples = () => ({
  fires: {
    'Image docker.io/library/busybox is used in default and is not from an allowed place': createPod(
      human(),
      running('busybox'),
    ),
    'Image registry.k8s.io.example.com/pause is used in default and is not from an allowed place': audit({
      verb: 'patch',
      by: pipeline(),
      resource: 'statefulsets.apps',
      namespace: 'default',
      name: 'web',
      request: workload('StatefulSet', { containers: [{ name: 'a', image: 'registry.k8s.io.example.com/pause:3' }] }),
    }),
    'Image public.ecr.aws/eksperiment/tool is used in default and is not from an allowed place': kubernetesEvent({
      reason: 'Pulling',
      message: 'Pulling image "public.ecr.aws/eksperiment/tool:1"',
    }),
    'Image docker.io/evil/tool was refused in default and is not from an allowed place': createPod(
      human('mallory'),
      running('evil/tool'),
      { code: 403, refusedBy: 'admission' },
    ),
  },
  silent: {
    'images of EKS, in every Region': createPod(
      human(),
      running('602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/coredns:v1.11.4', 'REGISTRY.k8s.io/pause@sha256:aa'),
    ),
    'a kubelet that reports one': audit({
      verb: 'patch',
      by: node(),
      resource: 'pods/status',
      namespace: 'default',
      name: 'web',
      request: { status: { containerStatuses: [{ image: 'public.ecr.aws/eks/aws-load-balancer-controller:v2' }] } },
    }),
    'a dry run uses nothing': createPod(human(), running('busybox'), { query: 'dryRun=All' }),
  },
});
