import { isPrivileged } from '../../kubernetes/pod-security.ts';
import { type JsonObject, textAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, type Caller, call, carol, mallory, pod } from '../../sdk/examples.ts';
import { podOf, replicasOf } from '../../sdk/exec.ts';
import { said } from '../../sdk/phrases.ts';
import { counted } from '../../sdk/pod-requests.ts';

export default defineDetection({
  id: 'ephemeral-container-added',
  title: 'Ephemeral container added to a running pod (kubectl debug)',
  description:
    'Somebody added a container of their choice to a running pod. It brings its own tools into the network of the pod. When it targets a container, it also reaches the processes and memory of that container.',
  tactic: 'execution',
  techniques: ['T1610'],
  impact: 70,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  falsePositives: 'Debugging of images that have no shell.',
  triage:
    'Look at the image of the container, and whether it targets a container or is privileged. An ephemeral container stays until its pod is deleted. If nobody can explain it, delete the pod: kubectl -n <namespace> delete pod <name>.',
  references: ['https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/'],
  related: [
    'falco:EphemeralContainers Created',
    'elastic:privilege_escalation_kubernetes_ephemeral_container_added_to_pod',
  ],
  audit: { level: 'any', verbs: ['update', 'patch'], resources: ['pods/ephemeralcontainers'] },
  // A patch names what it adds; an update has the whole pod or the whole list. A record without a body still says that one was added.
  find: ({ asked, spec }) => {
    const added = (asked?.spec ?? spec)?.containers.filter(({ sort }) => sort === 'ephemeral') ?? [];
    const images = added.map(({ image }) => image).filter((image) => image !== '');
    return { added, what: images.length === 0 ? 'an ephemeral container' : counted('ephemeral container', images) };
  },
  weight: ({ added }) => {
    if (added.some(isPrivileged)) return { impact: 90 };
    return added.some(({ raw }) => textAt(raw, 'targetContainerName') !== '') ? { impact: 80 } : {};
  },
  entities: (_found, event) => ({ pod: replicasOf(event) }),
  summary: ({ what }, event) => said(event, 'add', `${what} to pod ${podOf(event)}`),
});

const running = (image: string) => pod({ ephemeralContainers: [{ name: 'd', image }] });
const debug = (by: Caller, request: JsonObject, parts = {}) =>
  call(by, 'patch pods/ephemeralcontainers shop/web-0', { request, response: running('earlier'), ...parts });
const adding = (container: JsonObject) => ({ spec: { ephemeralContainers: [{ name: 'd', ...container }] } });
const privileged = { image: 'busybox', targetContainerName: 'web', securityContext: { privileged: true } };
const list = { kind: 'EphemeralContainers', ephemeralContainers: [{ name: 'd', image: 'netshoot' }] };

export const examples = () => ({
  fires: {
    'alice added ephemeral container busybox to pod shop/web-0': debug(alice, adding(privileged)),
    'bob added ephemeral container netshoot to pod shop/web-0': debug(bob, list, { verb: 'update', response: list }),
    'carol added ephemeral container ubuntu to pod shop/web-0': debug(carol, running('ubuntu'), { verb: 'update' }),
    'mallory was denied adding an ephemeral container to pod shop/web-0': debug(mallory, {}, { code: 403 }),
  },
  silent: {
    'a new image for the pod’s own container': call(alice, 'patch pods shop/web-0', { request: pod({}) }),
    'a dry run adds nothing': debug(alice, adding({ image: 'busybox' }), { query: 'dryRun=All' }),
    'they are read': call(alice, 'get pods/ephemeralcontainers shop/web-0'),
  },
});
