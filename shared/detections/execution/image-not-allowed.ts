import { isFrom } from '../../indicators/image-list.ts';
import { repositoryOf } from '../../kubernetes/image.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { IMAGE_RESOURCES, PULL_REASONS } from '../../kubernetes/workload.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, createPod, deniedPod, kubernetesEvent, node, pod, workload } from '../../sdk/examples.ts';
import { namespaceOfUse } from '../../sdk/image-uses.ts';
import { inNamespace, said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'image-not-allowed',
  title: 'Container image from a registry that is not allowed',
  description:
    'The cluster runs, or is about to run, an image from none of the registries and repositories that you allow. It did not pass through your builds and scans, so its content is unknown. Only the images of the containers are compared with the list, because a client can choose names and annotations.',
  tactic: 'execution',
  techniques: ['T1204.003'],
  impact: 60,
  confidence: 80,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Dev Sec Ops', 'Kubernetes Security'],
  falsePositives: 'A list that lacks a registry that you use. Before you deploy, `replay` shows which.',
  triage:
    'Find out who deployed the workload, why the image is not from an allowed registry, and what it does. If nobody can explain it, delete the workload: kubectl -n <namespace> delete <kind> <name>.',
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html',
    'https://research.splunk.com/cloud/4d3a17b3-0a6d-4ae0-9421-46623a69c122/',
  ],
  related: ['splunk:4d3a17b3-0a6d-4ae0-9421-46623a69c122', 'falco:Create Disallowed Pod'],
  // Every team needs a list of its own; the default has only the images of EKS.
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
    const disallowed = event.images.filter((image) => !isFrom(allowed, image));
    return disallowed.map((image) => ({ image: repositoryOf(image), namespace }));
  },
  entities: (found) => found,
  principal: false,
  summary: ({ image, namespace }, event) => {
    if (event.source === 'kubernetes-event')
      return `Disallowed image ${image} was pulled for pod ${namespace}/${event.involved.name}`;
    if (event.actor.node) return `Disallowed image ${image} runs in pod ${namespace}/${event.object.name}`;
    return said(event, 'run', `disallowed image ${image}${inNamespace(namespace)}`);
  },
});

const running = (image: string, decoy = 'registry.k8s.io/pause:3.10') =>
  pod({ containers: [{ name: 'decoy', image: decoy }], initContainers: [{ name: 'main', image }] });
const report = (image: string) =>
  call(node(), 'patch pods/status default/web', { request: { status: { containerStatuses: [{ image }] } } });
const pulling = (image: string) => kubernetesEvent({ reason: 'Pulling', message: `Pulling image "${image}"` });
const lookalike = () => workload('StatefulSet', { containers: [{ image: 'registry.k8s.io.example.com/pause:3' }] });

export const examples = () => ({
  fires: {
    'alice ran disallowed image docker.io/library/busybox in namespace default': createPod(alice, running('busybox')),
    'bob ran disallowed image registry.k8s.io.example.com/pause in namespace shop': call(
      bob,
      'patch statefulsets.apps shop/web',
      { request: lookalike() },
    ),
    'Disallowed image public.ecr.aws/eksx/tool was pulled for pod default/web': pulling('public.ecr.aws/eksx/tool:1'),
    'Disallowed image docker.io/evil/miner runs in pod default/web': report('evil/miner'),
    'mallory was denied running disallowed image docker.io/evil/x in namespace default': deniedPod(running('evil/x')),
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
