import { principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { isPrivileged } from '../../kubernetes/pod-security.ts';
import type { Container } from '../../kubernetes/workload.ts';
import { textAt } from '../../primitives/json.ts';
import { audit, human, pod } from '../../sdk/examples.ts';
import { podOf } from '../../sdk/exec.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'ephemeral-container-added',
  title: 'Ephemeral container put into a pod',
  description:
    'Somebody put a container of their choice into a pod that runs already (`kubectl debug`). It brings its own tools into the pod’s network, and into another container’s processes and memory when it targets one.',
  tactic: 'execution',
  attack: ['T1610'],
  impact: 70,
  confidence: 70,
  type: 'TTP',
  falsePositives: 'Debugging of images that bring no shell.',
  triage:
    'Look at its image, and whether it targets a container or is privileged. It stays in the pod until the pod is deleted.',
  references: [
    'https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/',
    'https://attack.mitre.org/techniques/T1610/',
  ],
  answers: [
    'falco:EphemeralContainers Created',
    'elastic:privilege_escalation_kubernetes_ephemeral_container_added_to_pod',
  ],
  needs: 'header or body',
  on: { verbs: ['update', 'patch'], resources: ['pods/ephemeralcontainers'], outcomes: ['succeeded', 'denied'] },
  match: (event) => !event.dryRun,
  weight: (event) => {
    const added = addedTo(event);
    const isTargeting = added.some(({ raw }) => textAt(raw, 'targetContainerName') !== '');
    return {
      ...(added.some(isPrivileged) ? { impact: 90 } : isTargeting && { impact: 80 }),
      ...(event.outcome === 'denied' && { confidence: 50 }),
    };
  },
  entities: (event) => ({ principal: principalOf(event.actor), pod: podOf(event) }),
  summary: (event) => {
    const images = [...new Set(addedTo(event).map(({ image }) => image))].filter((image) => image !== '').slice(0, 3);
    const what = images.length === 0 ? 'an ephemeral container' : `ephemeral ${images.join(', ')}`;
    return `${whoDid(event, 'put', 'put')} ${what} into pod ${podOf(event)}`;
  },
});

/** A patch names what it adds; an update carries the whole pod, or the list of all its ephemeral containers. */
const addedTo = (event: AuditEvent): readonly Container[] =>
  (event.asked?.spec ?? event.spec)?.containers.filter(({ sort }) => sort === 'ephemeral') ?? [];

const debug = (ephemeralContainers: readonly object[], parts: object = {}) =>
  audit({
    verb: 'patch',
    by: human(),
    resource: 'pods/ephemeralcontainers',
    namespace: 'shop',
    name: 'web-0',
    request: { spec: { ephemeralContainers } } as never,
    ...parts,
  });

export const examples = () => ({
  fires: {
    'alice put ephemeral busybox into pod shop/web-0': debug([
      { name: 'd', image: 'busybox', targetContainerName: 'web', securityContext: { privileged: true } },
    ]),
    'bob put ephemeral nicolaka/netshoot into pod shop/web-0': debug([], {
      verb: 'update',
      by: human('bob'),
      request: { kind: 'EphemeralContainers', ephemeralContainers: [{ name: 'd', image: 'nicolaka/netshoot' }] },
    }),
    'mallory was refused to put an ephemeral container into pod shop/web-0': debug([], {
      by: human('mallory'),
      code: 403,
    }),
  },
  silent: {
    'a new image for the pod’s own container': debug([], { resource: 'pods', request: pod({}) }),
    'a dry run adds nothing': debug([{ name: 'd', image: 'busybox' }], { query: 'dryRun=All' }),
    'they are read': debug([], { verb: 'get', request: undefined }),
  },
});
