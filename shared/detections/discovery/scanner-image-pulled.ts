import { scannerOf } from '../../indicators/scanner-images.ts';
import { repositoryOf } from '../../kubernetes/image.ts';
import { IMAGE_RESOURCES, PULL_REASONS, WRITE_VERBS } from '../../kubernetes/workload.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  audit,
  bob,
  carol,
  controller,
  createPod,
  kubernetesEvent,
  mallory,
  node,
  patch,
  pod,
  workload,
} from '../../sdk/examples.ts';
import { inNamespace, said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'scanner-image-pulled',
  title: 'Image of kube-hunter, kube-bench or another scanner pulled or run',
  description:
    'A tool that looks for weaknesses of a cluster from inside was started, or its image was pulled. Unless your security team runs it, somebody who already has a pod in the cluster is looking for the next step.',
  tactic: 'discovery',
  techniques: ['T1526', 'T1613'],
  impact: 90,
  confidence: 90,
  denied: { confidence: 60 },
  type: 'TTP',
  stories: ['Dev Sec Ops', 'Kubernetes Scanning Activity'],
  falsePositives:
    'A security team at work, or a scheduled benchmark run. Suppress the image in the namespace where it is meant to run.',
  triage:
    'Ask who started it. If nobody answers, save the log of the pod, which shows what the scanner found: kubectl -n <namespace> logs <pod>. Then delete the pod or its workload, and revoke the credentials of the caller.',
  references: [
    'https://attack.mitre.org/techniques/T1613/',
    'https://github.com/aquasecurity/kube-hunter',
    'https://github.com/aquasecurity/kube-bench',
    'https://research.splunk.com/cloud/4890cd6b-0112-4974-a272-c5c153aee551/',
  ],
  related: ['splunk:4890cd6b-0112-4974-a272-c5c153aee551'],
  audit: { level: 'request', verbs: WRITE_VERBS, resources: IMAGE_RESOURCES },
  'kubernetes-event': { reasons: PULL_REASONS },
  find: (event) => {
    const { namespace } = event.source === 'audit' ? event.object : event.involved;
    return event.images
      .filter((image) => scannerOf(image) !== undefined)
      .map((image) => ({ image: repositoryOf(image), namespace }));
  },
  entities: (found) => found,
  principal: false,
  summary: ({ image, namespace }, event) => {
    if (event.source === 'kubernetes-event')
      return `Scanner ${image} was pulled for pod ${namespace}/${event.involved.name}`;
    if (event.actor.node) return `Scanner ${image} runs in pod ${namespace}/${event.object.name}`;
    return said(event, 'run', `scanner ${image}${inNamespace(namespace)}`);
  },
});

const pulling = (image: string, name = 'web') =>
  kubernetesEvent({ reason: 'Pulling', message: `Pulling image "${image}"`, pod: name });
const running = (image: string, by = alice) => createPod(by, pod({ containers: [{ name: 'main', image }] }));
const HUNTER = /* @__PURE__ */ pod({ containers: [{ name: 'kube-hunter', image: 'AquaSec/Kube-Hunter:0.6.8' }] });
const BENCH = 'registry.example.com:5000/mirror/aquasec/kube-bench';

export const examples = () => ({
  fires: {
    'Scanner docker.io/aquasec/kube-hunter was pulled for pod default/kube-hunter-x7k2p': pulling(
      'aquasec/kube-hunter:0.6.8',
      'kube-hunter-x7k2p',
    ),
    'alice ran scanner docker.io/aquasec/kube-hunter in namespace default': createPod(alice, HUNTER),
    [`bob ran scanner ${BENCH} in namespace default`]: audit({
      verb: 'create',
      by: bob,
      resource: 'cronjobs.batch',
      namespace: 'default',
      name: 'audit',
      request: workload('CronJob', { initContainers: [{ name: 'init', image: `${BENCH}@sha256:abc` }] }),
    }),
    'Scanner docker.io/inguardians/peirates runs in pod default/web': patch(
      'pods/status',
      { status: { containerStatuses: [{ name: 'main', image: 'docker.io/inguardians/peirates:latest' }] } },
      { by: node(), namespace: 'default' },
    ),
    'Scanner kube-hunter.example.com/tool was pulled for pod default/web': pulling('kube-hunter.example.com/tool:1'),
    'carol ran scanner docker.io/aquasec/kube-hunter in namespace default': createPod(
      carol,
      pod({ volumes: [{ name: 'tools', image: { reference: 'aquasec/kube-hunter:0.6.8' } }] }),
    ),
    'mallory was denied running scanner docker.io/aquasec/kube-hunter in namespace default': createPod(
      mallory,
      HUNTER,
      { code: 403, refusedBy: 'admission' },
    ),
  },
  silent: {
    'a pod of any name': createPod(alice, pod({}, { name: 'kube-hunter' })),
    'the word in an argument is no image': createPod(
      alice,
      pod({ containers: [{ name: 'kube-bench', image: 'nginx:1.27', args: ['aquasec/kube-bench'] }] }),
    ),
    'a name that only contains a short tool name': running(
      'example/nmap-exporter-ui:1',
      controller('replicaset-controller'),
    ),
    'krane copies images, appvia/krane looks into them': running('gcr.io/go-containerregistry/krane:debug'),
    'the operator of Kubescape watches a cluster for its owner': running('quay.io/kubescape/node-agent:v0.2.300'),
    'a message about something else': kubernetesEvent({
      reason: 'Scheduled',
      message: 'assigned x/kube-hunter to node',
    }),
  },
});
