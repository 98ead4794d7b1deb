import { normalisedPath, reachOf } from '../../kubernetes/host-path.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { at, type JsonObject } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, type Caller, call, carol, controller, DENIED_BY_ADMISSION, mallory } from '../../sdk/examples.ts';
import { isNew, nameOfObject, said } from '../../sdk/phrases.ts';
import { counted } from '../../sdk/pod-requests.ts';
import { isNotControlPlane } from '../../sdk/selections.ts';
import { writtenOf } from '../../sdk/written-part.ts';

export default defineDetection({
  id: 'persistent-volume-host-path',
  title: 'Persistent volume on a sensitive host path (hostPath, local)',
  description:
    'A persistent volume gives access to a path through which an attacker can take over a node. A pod that claims the volume needs no hostPath of its own, so the Pod Security Standards do not stop it.',
  tactic: 'privilege-escalation',
  techniques: ['T1611'],
  impact: 70,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: 'Provisioners of local disks that use a system folder. Move them to a folder of their own.',
  triage:
    'Find the claim of the volume and the pods that use it: kubectl get pv <name>, then kubectl -n <namespace> describe pvc <claim>. Delete these pods, then the claim, then the volume: kubectl delete pv <name>.',
  references: ['https://kubernetes.io/docs/concepts/security/rbac-good-practices/#persistent-volume-creation'],
  related: [],
  audit: {
    level: 'request',
    verbs: WRITE_VERBS,
    resources: ['persistentvolumes'],
    actor: isNotControlPlane,
  },
  find: (event) => {
    const volume = writtenOf(event);
    const written = ['hostPath', 'local'].map((kind) => at(volume, 'spec', kind, 'path'));
    // Pods decide how they mount the volume, so each path counts as writable.
    const paths = written.filter((path) => typeof path === 'string').filter((path) => reachOf(path, false));
    return paths.length > 0 && { paths: paths.map(normalisedPath) };
  },
  entities: (_found, event) => ({ persistentVolume: event.object.name }),
  summary: ({ paths }, event) => {
    const verb = isNew(event) ? 'create' : 'change';
    return said(event, verb, `${nameOfObject(event.object)} with ${counted('host path', paths)}`);
  },
});

const body = (spec: JsonObject) => ({ request: { kind: 'PersistentVolume', metadata: { name: 'data' }, spec } });
const creates = (by: Caller, spec: JsonObject, parts = {}) =>
  call(by, 'create persistentvolumes data', { ...body(spec), ...parts });
const etc = { hostPath: { path: '/etc' } };

export const examples = () => ({
  fires: {
    'alice created persistentvolume data with host path /': creates(alice, { hostPath: { path: '/' } }),
    'bob created persistentvolume data with host path /var/lib': creates(bob, { local: { path: '/var/lib/' } }),
    'carol created persistentvolume data with host path /etc': creates(carol, { hostPath: { path: '/mnt/../etc' } }),
    'mallory was denied creating persistentvolume data with host path /etc': creates(mallory, etc, DENIED_BY_ADMISSION),
  },
  silent: {
    'a disk of the cloud': creates(alice, { csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol-0abc' } }),
    'a folder for volumes': creates(alice, { local: { path: '/mnt/disks/ssd0' } }),
    'the binder binds an existing volume': creates(controller('persistent-volume-binder'), etc, { verb: 'update' }),
    'a label on an existing volume': call(alice, 'patch persistentvolumes data', {
      request: { metadata: { labels: { team: 'a' } } },
      response: body(etc).request,
    }),
  },
});
