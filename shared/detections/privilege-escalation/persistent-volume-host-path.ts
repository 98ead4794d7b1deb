import { isControlPlane } from '../../eks/identities.ts';
import { principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { normalisedPath, type Reach, reachOf } from '../../kubernetes/host-path.ts';
import { WRITE_VERBS } from '../../kubernetes/workload.ts';
import { at } from '../../primitives/json.ts';
import { audit, controller, human, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';

interface Source {
  readonly path: string;
  readonly reach: Reach;
}

const sourcesIn = (event: AuditEvent): readonly Source[] => {
  const whole = event.verb === 'patch' && event.requestObject !== undefined ? event.requestObject : event.body;
  return ['hostPath', 'local'].flatMap((kind) => {
    const written = at(whole, 'spec', kind, 'path');
    if (typeof written !== 'string') return [];
    // What the claim's pod does with it is not known here: it may always write.
    const reach = reachOf(written, false);
    return reach === undefined ? [] : [{ path: normalisedPath(written), reach }];
  });
};

export default defineDetection({
  id: 'persistent-volume-host-path',
  title: 'Persistent volume on a sensitive path of a node',
  description:
    'A persistent volume leads to a path through which a node can be taken over. A pod that claims it needs no hostPath of its own, so pod security standards let it through.',
  tactic: 'privilege-escalation',
  attack: ['T1611'],
  impact: 70,
  confidence: 70,
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'Provisioners of local disks that were pointed at a system folder; move them to a folder of their own.',
  triage: 'Find the claim that is bound to it and the pods that use the claim.',
  references: [
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/#persistent-volume-creation',
    'https://kubernetes.io/docs/concepts/storage/volumes/#hostpath',
  ],
  answers: [],
  needs: 'body',
  on: {
    verbs: WRITE_VERBS,
    resources: ['persistentvolumes'],
    outcomes: ['succeeded', 'denied'],
    actor: (actor) => !isControlPlane(actor),
  },
  match: (event) => !event.dryRun && sourcesIn(event).length > 0,
  weight: (event) => (event.outcome === 'denied' ? { confidence: 50 } : {}),
  entities: (event) => ({ persistentVolume: event.object.name, principal: principalOf(event.actor) }),
  summary: (event) => {
    const paths = sourcesIn(event).map(({ path }) => path);
    return `${whoDid(event, 'offered', 'offer')} the nodes’ ${paths.join(', ')} as persistent volume ${event.object.name}`;
  },
});

const volume = (spec: object, by = human(), parts: Partial<Parameters<typeof audit>[0]> = {}) =>
  audit({
    verb: 'create',
    by,
    resource: 'persistentvolumes',
    name: 'data',
    request: { kind: 'PersistentVolume', metadata: { name: 'data' }, spec: spec as never },
    ...parts,
  });

export const examples = () => ({
  fires: {
    'alice offered the nodes’ / as persistent volume data': volume({ hostPath: { path: '/' } }),
    'bob offered the nodes’ /var/lib as persistent volume data': volume(
      { local: { path: '/var/lib/' }, nodeAffinity: {} },
      human('bob'),
    ),
    'carol offered the nodes’ /etc as persistent volume data': volume(
      { hostPath: { path: '/mnt/../etc' }, accessModes: ['ReadOnlyMany'] },
      human('carol'),
    ),
    'mallory was refused to offer the nodes’ /root as persistent volume data': volume(
      { hostPath: { path: '/root' } },
      human('mallory'),
      { code: 403, refusedBy: 'admission' },
    ),
  },
  silent: {
    'a disk of the cloud': volume({ csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol-0abc' } }),
    'a folder for volumes': volume(
      { local: { path: '/mnt/disks/ssd0' } },
      serviceAccount('storage', 'local-provisioner'),
    ),
    'the binder ties a volume that is there already': volume(
      { hostPath: { path: '/etc' }, claimRef: { name: 'data' } },
      controller('persistent-volume-binder'),
      { verb: 'update' },
    ),
    'a label on a volume that is there already': volume({}, human(), {
      verb: 'patch',
      request: { metadata: { labels: { team: 'a' } } },
      response: { kind: 'PersistentVolume', spec: { hostPath: { path: '/etc' } } },
    }),
  },
});
