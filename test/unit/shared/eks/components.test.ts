import { describe, expect, it } from 'vitest';
import {
  COMPONENT_USERS,
  COMPONENTS,
  componentsOfKind,
  imitatedComponent,
  isComponentItself,
} from '../../../../shared/eks/components.ts';

const workload = (kind: string, name: string, namespace = 'kube-system') => ({ kind, namespace, name });

describe('the table of components', () => {
  it('has each name once, and a source for each', () => {
    expect(new Set(COMPONENTS.map(({ name }) => name)).size).toBe(COMPONENTS.length);
    expect(COMPONENTS.filter(({ source }) => source === '')).toEqual([]);
  });

  it('gives the workloads of kube-system by their kind', () => {
    expect(componentsOfKind('daemonset')).toContain('daemonset kube-system/ebs-csi-node-windows');
    expect(componentsOfKind('deployment')).toContain('deployment kube-system/coredns');
    expect(componentsOfKind('deployment')).not.toContain('deployment kube-system/kube-scheduler');
  });

  it('gives the service accounts that components run as', () => {
    expect([...COMPONENT_USERS]).toEqual(
      expect.arrayContaining([
        'system:serviceaccount:kube-system:aws-node',
        'system:serviceaccount:kube-system:s3-csi-driver-controller-sa',
      ]),
    );
  });
});

describe('a component', () => {
  it('is itself by name, kind and namespace', () => {
    expect(isComponentItself(workload('daemonset', 'aws-node'))).toBe(true);
    expect(isComponentItself(workload('deployment', 'aws-node'))).toBe(false);
    expect(isComponentItself(workload('daemonset', 'aws-node', 'default'))).toBe(false);
    expect(isComponentItself(workload('pod', 'kube-apiserver'))).toBe(false);
  });

  it('may be imitated, unless teams install one of the name themselves', () => {
    expect(imitatedComponent('kube-pr0xy')).toBe('kube-proxy');
    expect(imitatedComponent('metrics-server')).toBeUndefined();
  });
});
