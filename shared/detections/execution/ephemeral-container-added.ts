import type { AuditEvent } from '../../events/event.ts';
import { isPrivileged } from '../../kubernetes/pod-security.ts';
import type { Container } from '../../kubernetes/workload.ts';
import { type JsonObject, textAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, bob, mallory, patch, pod, type RequestParts } from '../../sdk/examples.ts';
import { podOf } from '../../sdk/exec.ts';
import { said } from '../../sdk/phrases.ts';
import { counted } from '../../sdk/pod-requests.ts';

/** A patch names what it adds; an update carries the whole pod, or the list of all its ephemeral containers. */
const addedBy = ({ asked, spec }: AuditEvent): readonly Container[] =>
  (asked?.spec ?? spec)?.containers.filter(({ sort }) => sort === 'ephemeral') ?? [];

const isTargeting = ({ raw }: Container): boolean => textAt(raw, 'targetContainerName') !== '';

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
  falsePositives: 'Debugging of images that bring no shell.',
  triage:
    'Look at its image, and whether it targets a container or is privileged. An ephemeral container stays until its pod is deleted. If nobody can explain it, delete the pod: kubectl -n <namespace> delete pod <name>.',
  references: [
    'https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/',
    'https://attack.mitre.org/techniques/T1610/',
  ],
  related: [
    'falco:EphemeralContainers Created',
    'elastic:privilege_escalation_kubernetes_ephemeral_container_added_to_pod',
  ],
  audit: { level: 'any', verbs: ['update', 'patch'], resources: ['pods/ephemeralcontainers'] },
  // A record without a body names no container, and still says that one was added.
  find: (event) => ({ added: addedBy(event) }),
  weight: ({ added }) => {
    if (added.some(isPrivileged)) return { impact: 90 };
    return added.some(isTargeting) ? { impact: 80 } : {};
  },
  entities: (_found, event) => ({ pod: podOf(event) }),
  summary: ({ added }, event) => {
    const images = added.map(({ image }) => image).filter((image) => image !== '');
    const what = images.length === 0 ? 'an ephemeral container' : counted('ephemeral container', images);
    return said(event, 'add', `${what} to pod ${podOf(event)}`);
  },
});

const debug = (ephemeralContainers: readonly JsonObject[], parts: Partial<RequestParts> = {}) =>
  patch('pods/ephemeralcontainers', { spec: { ephemeralContainers } }, { namespace: 'shop', name: 'web-0', ...parts });

export const examples = () => ({
  fires: {
    'alice added ephemeral container busybox to pod shop/web-0': debug([
      { name: 'd', image: 'busybox', targetContainerName: 'web', securityContext: { privileged: true } },
    ]),
    'bob added ephemeral container nicolaka/netshoot to pod shop/web-0': debug([], {
      verb: 'update',
      by: bob,
      request: { kind: 'EphemeralContainers', ephemeralContainers: [{ name: 'd', image: 'nicolaka/netshoot' }] },
    }),
    'mallory was denied adding an ephemeral container to pod shop/web-0': debug([], { by: mallory, code: 403 }),
  },
  silent: {
    'a new image for the pod’s own container': debug([], { resource: 'pods', request: pod({}) }),
    'a dry run adds nothing': debug([{ name: 'd', image: 'busybox' }], { query: 'dryRun=All' }),
    'they are read': audit({
      verb: 'get',
      by: alice,
      resource: 'pods/ephemeralcontainers',
      namespace: 'shop',
      name: 'web-0',
    }),
  },
});
