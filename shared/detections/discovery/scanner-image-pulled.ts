import { scannerOf } from '../../indicators/scanner-images.ts';
import { repositoryOf } from '../../kubernetes/image.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { IMAGE_RESOURCES, PULL_REASONS } from '../../kubernetes/workload.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, createPod, deniedPod, kubernetesEvent, node, pod, workload } from '../../sdk/examples.ts';
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

const BENCH = 'registry.example.com:5000/mirror/aquasec/kube-bench';
const HUNTER = /* @__PURE__ */ pod({ containers: [{ name: 'kube-hunter', image: 'AquaSec/Kube-Hunter:0.6.8' }] });
const VOLUME = /* @__PURE__ */ pod({ volumes: [{ name: 'tools', image: { reference: 'aquasec/kube-hunter:0.6.8' } }] });
const job = () => workload('CronJob', { initContainers: [{ name: 'a', image: `${BENCH}@sha256:abc` }] });
const STATUS = { containerStatuses: [{ name: 'main', image: 'docker.io/inguardians/peirates:latest' }] };

const pulling = (image: string, reason = 'Pulling') => kubernetesEvent({ reason, message: `Pulling image "${image}"` });
const running = (image: string, parts = {}) =>
  createPod(alice, pod({ containers: [{ name: 'kube-hunter', image, ...parts }] }, { name: 'kube-hunter' }));

export const examples = () => ({
  fires: {
    'Scanner docker.io/aquasec/kube-hunter was pulled for pod default/web': pulling('aquasec/kube-hunter:0.6.8'),
    'Scanner kube-hunter.example.com/tool was pulled for pod default/web': pulling('kube-hunter.example.com/tool:1'),
    'Scanner docker.io/inguardians/peirates runs in pod default/web': call(node(), 'patch pods/status default/web', {
      request: { status: STATUS },
    }),
    'alice ran scanner docker.io/aquasec/kube-hunter in namespace default': createPod(alice, HUNTER),
    'bob ran scanner docker.io/aquasec/kube-hunter in namespace default': createPod(bob, VOLUME),
    [`bob ran scanner ${BENCH} in namespace default`]: call(bob, 'create cronjobs.batch default/web', {
      request: job(),
    }),
    'mallory was denied running scanner docker.io/aquasec/kube-hunter in namespace default': deniedPod(HUNTER),
  },
  silent: {
    'the word in an argument and in names': running('nginx:1.27', { args: ['aquasec/kube-bench'] }),
    'a name that only contains a short tool name': running('example/nmap-exporter-ui:1'),
    'krane, which copies images (appvia/krane is a scanner)': running('gcr.io/go-containerregistry/krane:debug'),
    'the operator of Kubescape': running('quay.io/kubescape/node-agent:v0.2.300'),
    'an Event about something else': pulling('aquasec/kube-hunter:0.6.8', 'Scheduled'),
  },
});
