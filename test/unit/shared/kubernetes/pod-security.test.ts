import { describe, expect, it } from 'vitest';
import {
  addedCapabilities,
  capabilityName,
  isHostProcessPod,
  isPrivileged,
  openingsOf,
  reachingHostPaths,
} from '../../../../shared/kubernetes/pod-security.ts';
import { podSpecOf } from '../../../../shared/kubernetes/workload.ts';
import type { JsonObject } from '../../../../shared/primitives/json.ts';

const spec = (raw: object) => podSpecOf(raw as JsonObject);
const container = (raw: object) => spec({ containers: [raw] }).containers[0] as never;

describe('a privileged container', () => {
  it.each([
    [{ securityContext: { privileged: true } }, true],
    [{ securityContext: { windowsOptions: { hostProcess: true } } }, true],
    [{ securityContext: { privileged: false } }, false],
    [{ securityContext: { privileged: 'true' } }, false],
    [{ securityContext: null }, false],
    [{ privileged: true }, false],
    [{}, false],
  ])('%j: %s', (raw, expected) => {
    expect(isPrivileged(container(raw))).toBe(expected);
  });

  it('is every one of a HostProcess pod', () => {
    expect(isHostProcessPod(spec({ securityContext: { windowsOptions: { hostProcess: true } } }))).toBe(true);
    expect(isHostProcessPod(spec({ securityContext: {} }))).toBe(false);
  });
});

describe('a capability', () => {
  it.each(['SYS_ADMIN', 'sys_admin', 'CAP_SYS_ADMIN', 'cap_sys_admin', ' Cap_Sys_Admin '])(
    '%j is SYS_ADMIN',
    (name) => {
      expect(capabilityName(name)).toBe('SYS_ADMIN');
    },
  );

  it('counts once, and only when it is added', () => {
    const capabilities = { add: ['ALL', 'all', 7, null], drop: ['CAP_NET_RAW'] };
    expect(addedCapabilities(container({ securityContext: { capabilities } }))).toEqual(['ALL']);
  });
});

describe('host paths', () => {
  const volumes = [{ name: 'host', hostPath: { path: '/etc/' } }];
  const mount = (readOnly: unknown) => ({ volumeMounts: [{ name: 'host', mountPath: '/h', readOnly }] });

  it('are read-only when every container mounts them so', () => {
    const reach = (...containers: readonly object[]) => reachingHostPaths(spec({ volumes, containers }))[0]?.reach;
    expect(reach(mount(true))).toBe('view');
    expect(reach(mount(true), mount(false))).toBe('control');
    expect(reach(mount(true), mount(undefined))).toBe('control');
    expect(reach(mount('true'))).toBe('control');
    expect(reach({})).toBe('control');
  });

  it('count mounts of init containers', () => {
    const raw = { volumes, containers: [mount(true)], initContainers: [mount(false)] };
    expect(reachingHostPaths(spec(raw))).toEqual([{ path: '/etc', reach: 'control' }]);
  });

  it('are only volumes that say so', () => {
    const strange = [{ name: 'a', emptyDir: {} }, { hostPath: {} }, { hostPath: { path: 7 } }, null, 'x'];
    expect(reachingHostPaths(spec({ volumes: strange }))).toEqual([]);
    expect(reachingHostPaths(spec({ volumes: 'none' }))).toEqual([]);
  });
});

describe('protections given up', () => {
  const opened = (raw: object, metadata: object = {}) => openingsOf(spec(raw), metadata as JsonObject);

  it('are none where nothing is said', () => {
    expect(opened({ containers: [{ name: 'main' }], securityContext: {} })).toEqual([]);
  });

  it('are found for the pod, for a container, and in annotations', () => {
    const unconfined = { type: 'Unconfined' };
    expect(opened({ securityContext: { seccompProfile: unconfined } })).toEqual(['no seccomp for the pod']);
    expect(opened({ initContainers: [{ name: 'init', securityContext: { appArmorProfile: unconfined } }] })).toEqual([
      'no AppArmor for init',
    ]);
    const annotations = {
      'seccomp.security.alpha.kubernetes.io/pod': 'unconfined',
      'container.apparmor.security.beta.kubernetes.io/main': 'unconfined',
      'container.apparmor.security.beta.kubernetes.io/other': 'runtime/default',
    };
    expect(opened({}, { annotations })).toEqual(['no seccomp for the pod', 'no AppArmor for main']);
  });

  it('know sysctls by either separator', () => {
    const sysctls = [{ name: 'net/ipv4/tcp_syncookies' }, { name: 'kernel/msgmax' }, { name: 'net.core.somaxconn' }];
    expect(opened({ securityContext: { sysctls } })).toEqual(['sysctl kernel.msgmax', 'sysctl net.core.somaxconn']);
  });

  it('take the user of the pod where the container names none', () => {
    const main = { name: 'main', securityContext: { allowPrivilegeEscalation: true } };
    const own = { name: 'own', securityContext: { allowPrivilegeEscalation: true, runAsUser: 1000 } };
    expect(opened({ securityContext: { runAsUser: 0 }, containers: [main, own] })).toEqual([
      'privilege escalation for root in main',
    ]);
  });
});
