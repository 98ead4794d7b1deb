import { nameOf } from '../../events/actor.ts';
import { scannerOf } from '../../indicators/scanner-images.ts';
import { repositoryOf } from '../../kubernetes/image.ts';
import { IMAGE_RESOURCES, PULL_REASONS, WRITE_VERBS } from '../../kubernetes/workload.ts';
import { audit, controller, createPod, human, kubernetesEvent, node, pod, workload } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'scanner-image-pulled',
  title: 'Image of a Kubernetes scanner pulled or run',
  description:
    'A tool that looks a cluster over for weaknesses from inside was started or fetched. The image is recognised in pods, in every workload template, in the reports of the kubelets, and in Kubernetes Events where an agent ships them.',
  tactic: 'discovery',
  attack: ['T1526', 'T1613'],
  impact: 90,
  confidence: 90,
  type: 'TTP',
  stories: ['Dev Sec Ops', 'Kubernetes Scanning Activity'],
  falsePositives:
    'A security team at work, or a scheduled benchmark run. Suppress the image in the namespace where it is meant to run.',
  triage:
    'Candidate who started it. If nobody answers, read the pod’s log: it holds what the scanner found, and so does whoever ran it.',
  references: [
    'https://research.splunk.com/cloud/4890cd6b-0112-4974-a272-c5c153aee551/',
    'https://github.com/aquasecurity/kube-hunter',
    'https://github.com/aquasecurity/kube-bench',
  ],
  answers: ['splunk:4890cd6b-0112-4974-a272-c5c153aee551'],
  needs: 'body or event',
  on: { verbs: WRITE_VERBS, resources: IMAGE_RESOURCES, outcomes: ['succeeded', 'denied'] },
  reasons: PULL_REASONS,
  each: (event) => event.images,
  match: (event, _options, image) => scannerOf(image) !== undefined && !(event.source === 'audit' && event.dryRun),
  weight: (event) => (event.source === 'audit' && event.outcome === 'denied' ? { confidence: 60 } : {}),
  entities: (event, image) => ({
    image: repositoryOf(image),
    namespace: event.source === 'audit' ? event.object.namespace : event.involved.namespace,
  }),
  summary: (event, image) => {
    const place = event.source === 'audit' ? event.object.namespace : event.involved.namespace;
    if (event.source === 'kubernetes-event')
      return `Scanner ${repositoryOf(image)} was pulled in ${place} for ${event.involved.name}`;
    if (event.actor.node) return `Scanner ${repositoryOf(image)} runs in ${place} as ${event.object.name}`;
    const did = event.outcome === 'denied' ? 'was refused' : 'started';
    return `${nameOf(event.actor, event.impersonated)} ${did} scanner ${repositoryOf(image)} in ${place}`;
  },
});

const hunter = { containers: [{ name: 'kube-hunter', image: 'AquaSec/Kube-Hunter:0.6.8' }] };

export const examples = () => ({
  fires: {
    'Scanner docker.io/aquasec/kube-hunter was pulled in default for kube-hunter-x7k2p': kubernetesEvent({
      reason: 'Pulling',
      message: 'Pulling image "aquasec/kube-hunter:0.6.8"',
      pod: 'kube-hunter-x7k2p',
    }),
    'alice started scanner docker.io/aquasec/kube-hunter in default': createPod(human('alice'), pod(hunter)),
    'bob started scanner registry.example.com:5000/mirror/aquasec/kube-bench in default': audit({
      verb: 'create',
      by: human('bob'),
      resource: 'cronjobs.batch',
      namespace: 'default',
      name: 'audit',
      request: workload('CronJob', {
        initContainers: [{ name: 'init', image: 'registry.example.com:5000/mirror/aquasec/kube-bench@sha256:abc' }],
      }),
    }),
    'Scanner docker.io/inguardians/peirates runs in default as web': audit({
      verb: 'patch',
      by: node(),
      resource: 'pods/status',
      namespace: 'default',
      name: 'web',
      request: { status: { containerStatuses: [{ name: 'main', image: 'docker.io/inguardians/peirates:latest' }] } },
    }),
    'Scanner kube-hunter.example.com/tool was pulled in default for web': kubernetesEvent({
      reason: 'Pulling',
      message: 'Pulling image "kube-hunter.example.com/tool:1"',
    }),
    'carol started scanner docker.io/aquasec/kube-hunter in default': createPod(
      human('carol'),
      pod({ volumes: [{ name: 'tools', image: { reference: 'aquasec/kube-hunter:0.6.8' } }] }),
    ),
    'mallory was refused scanner docker.io/aquasec/kube-hunter in default': createPod(human('mallory'), pod(hunter), {
      code: 403,
      refusedBy: 'admission',
    }),
  },
  silent: {
    'a pod may be called what it likes': createPod(human(), pod({}, { name: 'kube-hunter' })),
    'the word in an argument is no image': createPod(
      human(),
      pod({ containers: [{ name: 'kube-bench', image: 'nginx:1.27', args: ['aquasec/kube-bench'] }] }),
    ),
    'a name that only contains a short tool name': createPod(
      controller('replicaset-controller'),
      pod({ containers: [{ name: 'main', image: 'example/nmap-exporter-ui:1' }] }),
    ),
    'krane copies images, appvia/krane looks into them': createPod(
      human(),
      pod({ containers: [{ name: 'main', image: 'gcr.io/go-containerregistry/krane:debug' }] }),
    ),
    'the operator of Kubescape watches a cluster for its owner': createPod(
      human(),
      pod({ containers: [{ name: 'main', image: 'quay.io/kubescape/node-agent:v0.2.300' }] }),
    ),
    'a message about something else': kubernetesEvent({
      reason: 'Scheduled',
      message: 'assigned default/kube-hunter to node',
    }),
  },
});
