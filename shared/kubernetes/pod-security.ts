/** What a pod spec asks of its node, container by container: privileges, capabilities, paths of the node, confinement given up. */

import { at, type JsonObject, numberAt, objectAt, objectsAt, textAt, textsAt } from '../primitives/json.ts';
import { normalisedPath, type Reach, reachOf } from './host-path.ts';
import type { Container, PodSpec } from './workload.ts';

/** Runs as root of the node: `privileged`, or a HostProcess container on Windows. */
export const isPrivileged = (container: Container): boolean =>
  at(container.raw, 'securityContext', 'privileged') === true ||
  at(container.raw, 'securityContext', 'windowsOptions', 'hostProcess') === true;

/** Every container of a Windows pod is a HostProcess container when the pod says so. */
export const isHostProcessPod = (spec: PodSpec): boolean =>
  at(spec.raw, 'securityContext', 'windowsOptions', 'hostProcess') === true;

/** Linux capabilities that a container adds, as the kernel names them without `CAP_`: `SYS_ADMIN`, `ALL`. */
export const addedCapabilities = (container: Container): readonly string[] => [
  ...new Set(textsAt(container.raw, 'securityContext', 'capabilities', 'add').map(capabilityName)),
];

export const capabilityName = (written: string): string => written.trim().toUpperCase().replace(/^CAP_/, '');

/** A path of the node that a pod mounts. */
export interface HostPath {
  /** Normalised. */
  readonly path: string;
  readonly reach: Reach;
}

/** The host paths of a pod that reach something; how each is mounted is looked up in every container. */
export const reachingHostPaths = (spec: PodSpec): readonly HostPath[] =>
  objectsAt(spec.raw, 'volumes').flatMap((volume) => {
    const written = at(volume, 'hostPath', 'path');
    if (typeof written !== 'string') return [];
    const reach = reachOf(written, isReadOnly(spec, textAt(volume, 'name')));
    return reach === undefined ? [] : [{ path: normalisedPath(written), reach }];
  });

/** False for a volume that nothing mounts: a patch may add the mount another time. */
const isReadOnly = (spec: PodSpec, volume: string): boolean => {
  const mounts = spec.containers.flatMap(({ raw }) => [
    ...objectsAt(raw, 'volumeMounts'),
    ...objectsAt(raw, 'volumeDevices').map((device) => ({ ...device, readOnly: false })),
  ]);
  const own = mounts.filter((mount) => textAt(mount, 'name') === volume);
  return own.length > 0 && own.every((mount) => mount['readOnly'] === true);
};

/** Sysctls that Kubernetes calls safe: namespaced, and without effect on other pods. Source: Pod Security Standards, baseline. */
const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);

/** SELinux types that confine nothing, on Fedora's policy and on Bottlerocket's. */
const UNCONFINED_TYPES = new Set(['spc_t', 'super_t', 'control_t', 'unconfined_t']);

/** Each protection that a pod gives up by asking to, in words. What is merely left at a weak default is not among them. */
export const openingsOf = (spec: PodSpec, podMetadata: JsonObject): readonly string[] => {
  const found = [...profilesOf(spec.raw, 'the pod'), ...annotatedProfiles(podMetadata)];
  for (const sysctl of objectsAt(spec.raw, 'securityContext', 'sysctls')) {
    const name = textAt(sysctl, 'name').replaceAll('/', '.');
    if (name !== '' && !SAFE_SYSCTLS.has(name)) found.push(`sysctl ${name}`);
  }
  if (spec.raw['shareProcessNamespace'] === true) found.push('a shared process namespace');
  for (const container of spec.containers) found.push(...openingsOfContainer(container, spec));
  return found;
};

const openingsOfContainer = ({ raw, name }: Container, spec: PodSpec): readonly string[] => {
  const found = [...profilesOf(raw, name)];
  for (const port of objectsAt(raw, 'ports')) {
    if (numberAt(port, 'hostPort') > 0) found.push(`host port ${numberAt(port, 'hostPort')}`);
  }
  if (textAt(raw, 'securityContext', 'procMount') === 'Unmasked') found.push(`/proc unmasked for ${name}`);
  if (at(raw, 'securityContext', 'allowPrivilegeEscalation') === true && runsAsRoot(raw, spec)) {
    found.push(`privilege escalation for root in ${name}`);
  }
  return found;
};

const runsAsRoot = (container: JsonObject, spec: PodSpec): boolean =>
  (at(container, 'securityContext', 'runAsUser') ?? at(spec.raw, 'securityContext', 'runAsUser')) === 0;

const profilesOf = (holder: JsonObject, whose: string): readonly string[] => {
  const context = objectAt(holder, 'securityContext');
  if (context === undefined) return [];
  const found: string[] = [];
  if (textAt(context, 'seccompProfile', 'type') === 'Unconfined') found.push(`no seccomp for ${whose}`);
  if (textAt(context, 'appArmorProfile', 'type') === 'Unconfined') found.push(`no AppArmor for ${whose}`);
  if (UNCONFINED_TYPES.has(textAt(context, 'seLinuxOptions', 'type'))) {
    found.push(`an unconfined SELinux type for ${whose}`);
  }
  return found;
};

/** Before Kubernetes 1.19 (seccomp) and 1.30 (AppArmor) profiles were annotations, and they still count where the fields are absent. */
const annotatedProfiles = (podMetadata: JsonObject): readonly string[] => {
  const annotations = at(podMetadata, 'annotations');
  if (typeof annotations !== 'object' || annotations === null) return [];
  return Object.entries(annotations).flatMap(([key, value]) => {
    if (value !== 'unconfined') return [];
    if (key === 'seccomp.security.alpha.kubernetes.io/pod') return ['no seccomp for the pod'];
    const [, kind, container = ''] = ANNOTATED.exec(key) ?? [];
    if (kind === undefined) return [];
    return [`no ${kind === 'apparmor' ? 'AppArmor' : 'seccomp'} for ${container}`];
  });
};

const ANNOTATED = /^container\.(apparmor|seccomp)\.security\.(?:beta|alpha)\.kubernetes\.io\/(.+)$/;
