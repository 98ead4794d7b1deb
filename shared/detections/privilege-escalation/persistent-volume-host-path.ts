import { isControlPlane } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { normalisedPath, reachOf } from '../../kubernetes/host-path.ts';
import { WRITE_VERBS } from '../../kubernetes/workload.ts';
import { at, type JsonObject } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  audit,
  controller,
  DENIED_BY_ADMISSION,
  mallory,
  patch,
  type RequestParts,
  serviceAccount,
} from '../../sdk/examples.ts';
import { isNew, said } from '../../sdk/phrases.ts';
import { counted } from '../../sdk/pod-requests.ts';

/** The sensitive paths of a volume's source. How pods will mount it is not known here, so each counts as writable. */
const sensitivePathsIn = (volume: JsonObject | undefined): readonly string[] =>
  ['hostPath', 'local']
    .map((kind) => at(volume, 'spec', kind, 'path'))
    .filter((path) => typeof path === 'string')
    .filter((path) => reachOf(path, false) !== undefined)
    .map(normalisedPath);

export default defineDetection({
  id: 'persistent-volume-host-path',
  title: 'Persistent volume on a sensitive host path (hostPath, local)',
  description:
    'A persistent volume gives access to a path through which a node can be taken over. A pod that claims the volume needs no hostPath of its own, so the Pod Security Standards do not stop it.',
  tactic: 'privilege-escalation',
  techniques: ['T1611'],
  impact: 70,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: 'Provisioners of local disks that use a system folder; move them to a folder of their own.',
  triage:
    'Find the claim that is bound to the volume, and the pods that use the claim: kubectl get pv <name>, then kubectl -n <namespace> describe pvc <claim>. Delete these pods before the volume.',
  references: [
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/#persistent-volume-creation',
    'https://kubernetes.io/docs/concepts/storage/volumes/#hostpath',
  ],
  related: [],
  audit: {
    level: 'request',
    verbs: WRITE_VERBS,
    resources: ['persistentvolumes'],
    actor: (actor: Actor) => !isControlPlane(actor),
  },
  find: (event) => {
    const isPatch = event.verb === 'patch' && event.requestObject !== undefined;
    const paths = sensitivePathsIn(isPatch ? event.requestObject : event.body);
    return paths.length > 0 && { paths };
  },
  entities: (_found, event) => ({ persistentVolume: event.object.name }),
  summary: ({ paths }, event) =>
    said(
      event,
      isNew(event) ? 'create' : 'change',
      `persistent volume ${event.object.name || '(unnamed)'} with ${counted('host path', paths)}`,
    ),
});

const volume = (spec: JsonObject, parts: Partial<RequestParts> = {}) =>
  audit({
    verb: 'create',
    by: alice,
    resource: 'persistentvolumes',
    name: 'data',
    request: { kind: 'PersistentVolume', metadata: { name: 'data' }, spec },
    ...parts,
  });

export const examples = () => ({
  fires: {
    'alice created persistent volume data with host path /': volume({ hostPath: { path: '/' } }),
    'alice created persistent volume data with host path /var/lib': volume({
      local: { path: '/var/lib/' },
      nodeAffinity: {},
    }),
    'alice created persistent volume data with host path /etc': volume({
      hostPath: { path: '/mnt/../etc' },
      accessModes: ['ReadOnlyMany'],
    }),
    'mallory was denied creating persistent volume data with host path /root': volume(
      { hostPath: { path: '/root' } },
      { by: mallory, ...DENIED_BY_ADMISSION },
    ),
  },
  silent: {
    'a disk of the cloud': volume({ csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol-0abc' } }),
    'a folder for volumes': volume(
      { local: { path: '/mnt/disks/ssd0' } },
      { by: serviceAccount('storage', 'local-provisioner') },
    ),
    'the binder ties a volume that is there already': volume(
      { hostPath: { path: '/etc' }, claimRef: { name: 'data' } },
      { by: controller('persistent-volume-binder'), verb: 'update' },
    ),
    'a label on a volume that is there already': patch(
      'persistentvolumes',
      { metadata: { labels: { team: 'a' } } },
      { name: 'data', response: { kind: 'PersistentVolume', spec: { hostPath: { path: '/etc' } } } },
    ),
  },
});
