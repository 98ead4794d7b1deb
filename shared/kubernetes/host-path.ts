/** Paths of a node that give power over it, and how far a pod reaches that mounts one. */
import { stepsOf } from '../primitives/path-steps.ts';

/** Absolute, without empty steps, `.` and `..`, without a trailing slash; `/var/run` is a link to `/run` on every node. */
export const normalisedPath = (written: string): string => {
  const path = `/${stepsOf(written).join('/')}`;
  return isWithin(path, '/var/run') ? path.slice('/var'.length) : path;
};

const isWithin = (path: string, folder: string): boolean =>
  folder === '/' || path === folder || path.startsWith(`${folder}/`);

/** Whether a path lies in one of these, or holds one. */
const touches = (path: string, places: readonly string[]): boolean =>
  places.some((place) => isWithin(path, place) || isWithin(place, path));

/** Anybody who may connect to one of these runs what they like on the node. Mounting one read-only changes nothing about that. */
const SOCKETS = [
  '/run/containerd',
  '/run/docker.sock',
  '/run/docker',
  '/run/crio',
  '/run/dockershim.sock',
  '/run/cri-dockerd.sock',
  '/run/podman',
  '/run/k3s/containerd',
  '/run/host-containerd', // Bottlerocket, host containers
  '/run/api.sock', // Bottlerocket, its settings
  '/run/systemd/private',
  '/run/dbus',
] as const;

/** Writing here is root on the node; reading finds credentials or the memory of others. */
const SENSITIVE = [
  '/bin',
  '/boot',
  '/etc',
  '/home',
  '/lib',
  '/lib64',
  '/opt/cni',
  '/proc',
  '/root',
  '/run/systemd/system',
  '/run/udev',
  '/sbin',
  '/sys',
  '/usr',
  '/var/lib/cloud', // cloud-init runs the scripts here as root at each boot
  '/var/lib/containerd',
  '/var/lib/docker',
  '/var/lib/kubelet',
  '/var/spool/cron',
] as const;

/** Sensitive as a whole, or by the disks and the memory in them, but not by every file: `/dev/fuse` is only a device. */
const DEVICES = /^\/dev(?:$|\/(?:mem|kmem|port|nvme\d|sd[a-z]|xvd[a-z]|dm-\d|mapper|disk|root))/;

/** Plug-ins of the kubelet have to put their sockets here: CSI drivers, device plug-ins. */
const PLUGINS = [
  '/var/lib/kubelet/plugins',
  '/var/lib/kubelet/plugins_registry',
  '/var/lib/kubelet/device-plugins',
] as const;

/** Reading here is as good as control: the tokens of every pod of the node, and the key of its own identity. */
const CREDENTIALS = ['/var/lib/kubelet/pki', '/var/lib/kubelet/pods'] as const;

/** What everybody may read and many agents do. */
const HARMLESS_TO_READ = [
  '/etc/ca-certificates',
  '/etc/hosts',
  '/etc/localtime',
  '/etc/machine-id',
  '/etc/os-release',
  '/etc/pki/ca-trust',
  '/etc/pki/tls/certs',
  '/etc/resolv.conf',
  '/etc/ssl/certs',
  '/etc/timezone',
  '/lib/modules',
  '/usr/lib/modules',
  '/usr/lib/os-release',
  '/usr/share/zoneinfo',
  '/usr/src',
] as const;

/**
 * How far a mount reaches. `control`: it can take over the node, or all of its pods; `view`: it can read what belongs to the node or to
 * other pods (or, in `/var/log`, make the kubelet read it).
 */
export type Reach = 'control' | 'view';

/**
 * @param written the path as the volume gives it
 * @param readOnly whether every mount of it is read-only
 */
export const reachOf = (written: string, readOnly: boolean): Reach | undefined => {
  const path = normalisedPath(written);
  if (touches(path, SOCKETS) || touches(path, CREDENTIALS)) return 'control';
  if (isWithin(path, '/var/log')) return readOnly ? undefined : 'view';
  if (PLUGINS.some((folder) => isWithin(path, folder))) return undefined;
  const isSensitive = DEVICES.test(path) || touches(path, SENSITIVE);
  if (!isSensitive || (readOnly && HARMLESS_TO_READ.some((folder) => isWithin(path, folder)))) return undefined;
  return readOnly ? 'view' : 'control';
};
