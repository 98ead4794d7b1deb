import { isFrom } from '../../indicators/image-list.ts';
import { repositoryOf } from '../../kubernetes/image.ts';
import { IMAGE_RESOURCES, PULL_REASONS, WRITE_VERBS } from '../../kubernetes/workload.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  createPod,
  deniedPod,
  kubernetesEvent,
  node,
  patch,
  pipeline,
  pod,
  workload,
} from '../../sdk/examples.ts';
import { namespaceOfUse } from '../../sdk/image-uses.ts';
import { inNamespace, said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'image-not-allowed',
  title: 'Container image from a registry that is not allowed',
  description:
    'The cluster runs, or is about to run, an image from none of the registries and repositories that you allow. It did not pass through your builds and scans, so its content is unknown. The list is compared with the image of every container, never with names or annotations, which a client chooses.',
  tactic: 'execution',
  techniques: ['T1204.003'],
  impact: 60,
  confidence: 80,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Dev Sec Ops', 'Kubernetes Security'],
  falsePositives:
    'A list that lacks a registry which you use. `replay` with this detection enabled shows which, before you deploy it.',
  triage:
    'Find out who deployed the workload, why not from an allowed registry, and what the image does. If nobody can explain it, delete the workload: kubectl -n <namespace> delete <kind> <name>.',
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html',
    'https://attack.mitre.org/techniques/T1204/003/',
    'https://research.splunk.com/cloud/4d3a17b3-0a6d-4ae0-9421-46623a69c122/',
  ],
  related: ['splunk:4d3a17b3-0a6d-4ae0-9421-46623a69c122', 'falco:Create Disallowed Pod'],
  // Every team has another list; the one that it begins with knows the images of EKS only.
  enabled: false,
  audit: { level: 'request', verbs: WRITE_VERBS, resources: IMAGE_RESOURCES },
  'kubernetes-event': { reasons: PULL_REASONS },
  options: {
    allowed: [
      ['602401143452.dkr.ecr.*.amazonaws.com', 'public.ecr.aws/eks', 'public.ecr.aws/eks-distro', 'registry.k8s.io'],
      'registries and repositories, such as `ghcr.io/team`; `*` stands for any characters but a slash',
    ],
  },
  find: (event, { allowed }) => {
    const namespace = namespaceOfUse(event);
    return event.images
      .filter((image) => !isFrom(allowed, image))
      .map((image) => ({ image: repositoryOf(image), namespace }));
  },
  entities: (found) => found,
  principal: false,
  summary: ({ image, namespace }, event) => {
    const which = `${image}, which is not from an allowed registry,`;
    if (event.source === 'kubernetes-event')
      return `Image ${which} was pulled for pod ${namespace}/${event.involved.name}`;
    if (event.actor.node) return `Image ${which} runs in pod ${namespace}/${event.object.name}`;
    return said(event, 'run', `image ${which}${inNamespace(namespace)}`);
  },
});

const running = (image: string, decoy = 'registry.k8s.io/pause:3.10') =>
  pod({ containers: [{ name: 'decoy', image: decoy }], initContainers: [{ name: 'main', image }] });
const report = (image: string) =>
  patch('pods/status', { status: { containerStatuses: [{ image }] } }, { by: node(), namespace: 'default' });

export const examples = () => ({
  fires: {
    'alice ran image docker.io/library/busybox, which is not from an allowed registry, in namespace default': createPod(
      alice,
      running('busybox'),
    ),
    'deploy-pipeline ran image registry.k8s.io.example.com/pause, which is not from an allowed registry, in namespace default':
      patch(
        'statefulsets.apps',
        workload('StatefulSet', { containers: [{ name: 'a', image: 'registry.k8s.io.example.com/pause:3' }] }),
        { by: pipeline(), namespace: 'default' },
      ),
    'Image public.ecr.aws/eksperiment/tool, which is not from an allowed registry, was pulled for pod default/web':
      kubernetesEvent({ reason: 'Pulling', message: 'Pulling image "public.ecr.aws/eksperiment/tool:1"' }),
    'Image docker.io/evil/miner, which is not from an allowed registry, runs in pod default/web': report('evil/miner'),
    'mallory was denied running image docker.io/evil/tool, which is not from an allowed registry, in namespace default':
      deniedPod(running('evil/tool')),
  },
  silent: {
    'images of EKS, in every Region': createPod(
      alice,
      running('602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/coredns:v1.11.4', 'REGISTRY.k8s.io/pause@sha256:aa'),
    ),
    'a kubelet that reports one': report('public.ecr.aws/eks/aws-load-balancer-controller:v2'),
    'a dry run uses nothing': createPod(alice, running('busybox'), { query: 'dryRun=All' }),
  },
});
