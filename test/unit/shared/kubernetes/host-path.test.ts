import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalisedPath, reachOf } from '../../../../shared/kubernetes/host-path.ts';

describe('a path of a node', () => {
  it.each([
    ['/', '/'],
    ['', '/'],
    ['//', '/'],
    ['/etc/', '/etc'],
    ['//etc//kubernetes/.', '/etc/kubernetes'],
    ['/mnt/../etc', '/etc'],
    ['/../../etc', '/etc'],
    ['etc', '/etc'],
    ['/var/run/docker.sock', '/run/docker.sock'],
    ['/var/./run/', '/run'],
    ['/var/runner', '/var/runner'],
  ])('%j is %j', (written, path) => {
    expect(normalisedPath(written)).toBe(path);
  });

  it('is the same once it is normalised', () => {
    const step = fc.constantFrom('', '.', '..', 'etc', 'var', 'run', 'a');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const path = normalisedPath(steps.join('/'));
        expect(normalisedPath(path)).toBe(path);
        expect(path).toMatch(/^\/(?:[^/]+(?:\/[^/]+)*)?$/);
      }),
    );
  });
});

describe('what a mount reaches', () => {
  it.each([
    ['/', 'control', 'control'],
    ['/run', 'control', 'control'],
    ['/var/run/docker.sock', 'control', 'control'],
    ['/run/containerd/containerd.sock', 'control', 'control'],
    ['/var', 'control', 'control'],
    ['/var/lib', 'control', 'control'],
    ['/var/lib/kubelet/pods', 'control', 'control'],
    ['/var/lib/cloud/scripts/per-boot', 'control', 'view'],
    ['/run/systemd/system', 'control', 'view'],
    ['/var/lib/kubelet/pki', 'control', 'control'],
    ['/etc', 'control', 'view'],
    ['/etc/kubernetes/pki/', 'control', 'view'],
    ['/etc/ssl/certs', 'control', undefined],
    ['/etc/ssl', 'control', 'view'],
    ['/proc', 'control', 'view'],
    ['/dev', 'control', 'view'],
    ['/dev/nvme0n1p1', 'control', 'view'],
    ['/dev/fuse', undefined, undefined],
    ['/var/log', 'view', undefined],
    ['/var/log/pods', 'view', undefined],
    ['/var/lib/kubelet/plugins/csi.example.com', undefined, undefined],
    ['/var/lib/kubelet/plugins/../pki', 'control', 'control'],
    ['/lib/modules', 'control', undefined],
    ['/mnt/data', undefined, undefined],
    ['/opt/app', undefined, undefined],
    ['/etcetera', undefined, undefined],
    ['/run/secrets-store', undefined, undefined],
  ])('%s reaches %s, and %s when it is read-only', (path, written, read) => {
    expect([reachOf(path, false), reachOf(path, true)]).toEqual([written, read]);
  });
});
