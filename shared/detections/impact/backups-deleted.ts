import { isAddOn, isUserOrWorkload } from '../../eks/identities.ts';
import { BACKUP_DELETIONS, deletedBackups } from '../../sdk/deleted-backups.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  bob,
  type Caller,
  call,
  carol,
  controller,
  dave,
  erin,
  mallory,
  oscar,
  series,
  serviceAccount,
} from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { threshold } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'backups-deleted',
  title: 'Backups, snapshots or volume claims deleted (Velero, VolumeSnapshot, PersistentVolumeClaim)',
  description:
    'One principal deleted more than a few backups of Velero, volume snapshots or volume claims within an hour. Who destroys or encrypts data deletes what it could be restored from first.',
  tactic: 'impact',
  techniques: ['T1490', 'T1485'],
  impact: 80,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'Anomaly',
  stories: ['Kubernetes Impact', 'Kubernetes Security'],
  falsePositives:
    'Somebody takes down a stateful application, or clears old backups away. Service accounts that let backups expire, as Velero’s own does, are reported as low.',
  triage:
    'Take the access of the principal away first, so that no more is lost. Then see what is left: velero backup get, kubectl get volumesnapshots,pvc -A. Backups whose data is still in the object storage come back by themselves; keep that bucket from being written. A claim that still has pods waits for them: leave those running, and copy the data.',
  references: [
    'https://attack.mitre.org/techniques/T1490/',
    'https://velero.io/docs/main/backup-reference/',
    'https://kubernetes.io/docs/concepts/storage/volume-snapshots/',
  ],
  related: [],
  audit: BACKUP_DELETIONS.map((requests) => ({ ...requests, level: 'metadata' as const, actor: isUserOrWorkload })),
  // The snapshot controller of Amazon EKS deletes the contents of snapshots that somebody else deleted.
  find: (event) => (isAddOn(event.actor) && event.object.resource.endsWith('contents') ? [] : deletedBackups(event)),
  weight: (_deleted, { actor }) => (actor.serviceAccount === undefined ? {} : { confidence: 30 }),
  window: threshold({ limit: 5, of: 'distinct deleted backups, snapshots and claims', minutes: 60 }),
  distinct: (deleted) => deleted,
  summary: (_deleted, event) => said(event, 'delete', 'several backups, snapshots or volume claims'),
});

const WHAT = 'several backups, snapshots or volume claims';
const SNAPSHOTS = 'volumesnapshots.snapshot.storage.k8s.io';
const CONTENTS = 'volumesnapshotcontents.snapshot.storage.k8s.io';
const CRD = 'customresourcedefinitions.apiextensions.k8s.io';

const some = (count: number, by: Caller, line: string, parts = {}) =>
  series(count, (at, index) => call(by, line.replace('#', `${index}`), { level: 'Metadata', at, ...parts }));

export const examples = () => ({
  fires: {
    [`alice deleted ${WHAT}`]: some(6, alice, 'delete backups.velero.io velero/#'),
    [`bob deleted ${WHAT}`]: [
      ...some(3, bob, `delete ${SNAPSHOTS} shop/#`),
      ...some(3, bob, 'delete persistentvolumeclaims shop/#'),
    ],
    [`carol deleted ${WHAT}`]: some(6, carol, 'create deletebackuprequests.velero.io velero/'),
    [`dave deleted ${WHAT}`]: call(dave, 'deletecollection schedules.velero.io velero/'),
    [`erin deleted ${WHAT}`]: call(erin, 'delete backupstoragelocations.velero.io velero/default'),
    [`oscar deleted ${WHAT}`]: call(oscar, `delete ${CRD} ${SNAPSHOTS}`),
    [`service account velero/velero deleted ${WHAT}`]: some(
      6,
      serviceAccount('velero', 'velero'),
      `delete ${CONTENTS} #`,
    ),
    [`mallory was denied deleting ${WHAT}`]: some(6, mallory, `delete ${SNAPSHOTS} shop/#`, { code: 403 }),
  },
  silent: {
    'a few claims': some(5, alice, 'delete persistentvolumeclaims shop/#'),
    'one of them, again and again': some(9, alice, `delete ${SNAPSHOTS} shop/data`),
    'what another operator calls backups': some(9, alice, 'delete backups.postgresql.cnpg.io shop/#'),
    'the definition of another kind': call(alice, `delete ${CRD} widgets.example.com`),
    'Velero reports on a request': some(9, alice, 'patch deletebackuprequests.velero.io velero/#'),
    'the snapshot controller clears up': some(
      9,
      serviceAccount('kube-system', 'snapshot-controller'),
      `delete ${CONTENTS} #`,
    ),
    'a namespace goes away': call(controller('namespace-controller'), 'deletecollection persistentvolumeclaims shop/'),
    'a dry run': some(9, alice, 'delete persistentvolumeclaims shop/#', {
      query: 'dryRun=All',
      level: 'RequestResponse',
    }),
  },
});
