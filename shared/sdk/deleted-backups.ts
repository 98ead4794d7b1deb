/** Backups, snapshots and volumes that a request deletes. Sources: the documentation of Velero and of the CSI snapshotter. */

import type { AuditHeader } from '../events/event.ts';
import { DELETE_VERBS } from '../kubernetes/verbs.ts';
import { isNew } from './phrases.ts';

/** What data is restored from, and the volumes with the data, as `<resource>.<group>`. */
const KINDS: readonly string[] = [
  'backups.velero.io',
  'backupstoragelocations.velero.io',
  'schedules.velero.io',
  'volumegroupsnapshotcontents.groupsnapshot.storage.k8s.io',
  'volumegroupsnapshots.groupsnapshot.storage.k8s.io',
  'volumesnapshotcontents.snapshot.storage.k8s.io',
  'volumesnapshots.snapshot.storage.k8s.io',
  'persistentvolumeclaims.',
];

/** Creating one of these deletes a backup, and its data in the object storage. */
const REQUESTS = 'deletebackuprequests.velero.io';

/** All backups of a location go with it, and all objects of a kind with its definition. */
const LOCATIONS = 'backupstoragelocations.velero.io';
const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

const resourceOf = (kind: string): string => kind.slice(0, kind.indexOf('.'));

/** Resources of requests that `deletedBackups` knows, by their verbs. */
export const BACKUP_DELETIONS: readonly { readonly verbs: readonly string[]; readonly resources: readonly string[] }[] =
  [
    { verbs: DELETE_VERBS, resources: /* @__PURE__ */ [...KINDS, DEFINITIONS].map(resourceOf) },
    { verbs: ['create', 'patch'], resources: [/* @__PURE__ */ resourceOf(REQUESTS)] },
  ];

/** Objects that the deletion of a collection, a location or a kind counts as. The log does not say how many there were. */
const COLLECTION = 10;

/** Names of what a request deletes. */
export const deletedBackups = (event: AuditHeader): readonly string[] => {
  const { verb, object, ref } = event;
  const { resource, group, subresource, namespace, name } = object;
  if (subresource !== '') return [];
  const kind = `${resource}.${group}`;
  // Velero leaves the name of a request to the server.
  const one = [kind, namespace, name || ref].join('/');
  if (kind === REQUESTS) return isNew(event) ? [one] : [];
  const isDefinition = kind === DEFINITIONS;
  if (isDefinition ? name !== '' && !KINDS.includes(name) : !KINDS.includes(kind)) return [];
  const isMany = verb === 'deletecollection' || kind === LOCATIONS || isDefinition;
  return isMany ? Array.from({ length: COLLECTION }, (_, index) => `${one}/${index}`) : [one];
};
