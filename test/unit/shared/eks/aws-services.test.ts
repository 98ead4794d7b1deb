import { describe, expect, it } from 'vitest';
import principalFirstSeen from '../../../../shared/detections/initial-access/principal-first-seen.ts';
import { isServiceAtWork } from '../../../../shared/eks/aws-services.ts';
import { createEngine } from '../../../../shared/engine/engine.ts';
import { ruleOf } from '../../../../shared/engine/rule.ts';
import type { AuditEvent, Origin } from '../../../../shared/events/event.ts';
import { parseRecord } from '../../../../shared/events/parse.ts';
import {
  allowedBy,
  allowedToAutoMode,
  allowedToBackup,
  audit,
  autoMode,
  awsBackup,
  type Caller,
  human,
  type RequestParts,
  session,
  truncated,
} from '../../../../shared/sdk/examples.ts';

const OTHER = '444455556666';
const CLUSTER: Origin = { cluster: 'example', account: '111122223333' };

const read = (by: Caller, parts: Partial<RequestParts>, origin = CLUSTER): AuditEvent =>
  parseRecord(JSON.stringify(audit({ verb: 'get', by, ...parts })), origin) as AuditEvent;

const isAtWork = (by: Caller, parts: Partial<RequestParts>, origin = CLUSTER): boolean =>
  isServiceAtWork(read(by, parts, origin));

describe('EKS Auto Mode', () => {
  // Each case below differs from this one in one thing only.
  const evict = { verb: 'create', resource: 'pods/eviction', namespace: 'shop', name: 'web' };
  const compute = allowedToAutoMode();

  it.each<[string, Partial<RequestParts>, string?]>([
    ['evicts pods', evict],
    ['deletes pods', { ...evict, verb: 'delete', resource: 'pods' }],
    ['deletes nodes', { verb: 'delete', resource: 'nodes', name: 'i-0abc1234def567890' }],
    ['makes node claims', { verb: 'create', resource: 'nodeclaims.karpenter.sh', name: 'general-x7k2p' }],
    ['lists pods', { verb: 'list', resource: 'pods' }, 'AmazonEKSPodIdentityPolicy'],
    ['renews leases', { verb: 'update', resource: 'leases.coordination.k8s.io' }, 'AmazonEKSComputePolicy'],
    [
      'installs its webhook',
      {
        verb: 'patch',
        resource: 'mutatingwebhookconfigurations.admissionregistration.k8s.io',
        name: 'eks-load-balancing-webhook',
      },
      'AmazonEKSLoadBalancingClusterPolicy',
    ],
  ])('%s', (_what, parts, policy) => {
    expect(isAtWork(autoMode(), { ...parts, ...allowedToAutoMode(policy) })).toBe(true);
  });

  it.each<[string, Partial<RequestParts>]>([
    ['reads Secrets', { resource: 'secrets', namespace: 'shop', name: 'db' }],
    ['makes pods', { verb: 'create', resource: 'pods' }],
    ['enters pods', { verb: 'get', resource: 'pods/exec' }],
    ['reaches a kubelet', { verb: 'get', resource: 'nodes/proxy' }],
    ['binds roles', { verb: 'create', resource: 'clusterrolebindings.rbac.authorization.k8s.io' }],
    ['changes aws-auth', { verb: 'update', resource: 'configmaps', namespace: 'kube-system', name: 'aws-auth' }],
    ['issues tokens', { verb: 'create', resource: 'serviceaccounts/token' }],
    ['deletes collections', { verb: 'deletecollection', resource: 'nodeclaims.karpenter.sh' }],
    ['writes workloads', { verb: 'update', resource: 'daemonsets.apps' }],
    ['writes objects of a group like Object.prototype', { verb: 'create', resource: 'x.constructor' }],
    [
      'changes a webhook of others',
      { verb: 'patch', resource: 'validatingwebhookconfigurations.admissionregistration.k8s.io', name: 'deny' },
    ],
    [
      'deletes its webhook',
      {
        verb: 'delete',
        resource: 'mutatingwebhookconfigurations.admissionregistration.k8s.io',
        name: 'eks-load-balancing-webhook',
      },
    ],
  ])('is not at work when it %s', (_what, parts) => {
    expect(isAtWork(autoMode(), { ...parts, ...allowedToAutoMode('AmazonEKSLoadBalancingClusterPolicy') })).toBe(false);
  });

  it.each<[string, Caller, Partial<RequestParts>, Origin?]>([
    ['the role is in another account', autoMode({ account: OTHER }), compute],
    ['role and policy are in another account', autoMode({ account: OTHER }), allowedToAutoMode(undefined, OTHER)],
    ['the policy is of a role in another account', autoMode(), allowedToAutoMode(undefined, OTHER)],
    ['the group is missing', autoMode({ groups: [] }), compute],
    ['the group is a similar one', autoMode({ groups: ['eks:managed2'] }), compute],
    ['the role has a similar name', session('AWSServiceRoleForAmazonEKS-x', 'y', { groups: ['eks:managed'] }), compute],
    [
      'the role has a similar name, and the policy',
      session('AWSServiceRoleForAmazonEKS-x', 'y', { groups: ['eks:managed'] }),
      allowedBy('AmazonEKSComputeClusterPolicy', 'AWSServiceRoleForAmazonEKS-x'),
    ],
    [
      'only the user name says so',
      session('dev', 'mallory', {
        groups: ['eks:managed'],
        user: 'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForAmazonEKS/AmazonEKS',
      }),
      compute,
    ],
    [
      'the session looks like the role',
      session('dev', 'AWSServiceRoleForAmazonEKS', { groups: ['eks:managed'] }),
      compute,
    ],
    ['another policy allowed it', autoMode(), allowedToAutoMode('AmazonEKSClusterAdminPolicy')],
    ['a binding allowed it', autoMode(), {}],
    ['it was denied', autoMode(), { ...compute, code: 403 }],
    ['it was in the name of another', autoMode(), { ...compute, impersonated: { username: 'alice' } }],
    ['the account of the cluster is not known', autoMode(), compute, { cluster: 'example' }],
    ['the cluster is in another account', autoMode(), compute, { cluster: 'example', account: OTHER }],
  ])('is somebody else when %s', (_why, by, parts, origin) => {
    expect(isAtWork(by, { ...evict, ...parts }, origin)).toBe(false);
  });

  it('is not proved by a reason that somebody chose the words of', () => {
    const { 'authorization.k8s.io/reason': reason = '' } = compute.annotations;
    for (const forged of [
      `RBAC: allowed by ClusterRoleBinding "x" of ClusterRole "y" to User "${reason}"`,
      ` ${reason}`,
      reason.replace('AmazonEKSComputeClusterPolicy"', 'AmazonEKSClusterAdminPolicy"'),
      reason.replace('"arn:aws:iam', '"x arn:aws:iam'),
      '',
    ]) {
      const annotations = { 'authorization.k8s.io/reason': forged };
      expect(isAtWork(autoMode(), { ...evict, annotations })).toBe(false);
    }
  });

  it('is not proved by a record that was cut', () => {
    const record = truncated(audit({ by: autoMode(), ...evict, ...compute, request: {} }));
    expect(isServiceAtWork(parseRecord(record, CLUSTER) as AuditEvent)).toBe(false);
  });

  it('is seen for the first time like everybody', () => {
    const list = read(autoMode(), { verb: 'list', resource: 'pods', ...compute });
    expect(isServiceAtWork(list)).toBe(true);
    expect(createEngine([ruleOf(principalFirstSeen)]).detect(list).sightings).toHaveLength(1);
  });
});

describe('AWS Backup', () => {
  const secret = { verb: 'get', resource: 'secrets', namespace: 'shop', name: 'db', ...allowedToBackup() };

  it('reads everything, by whatever role it was given', () => {
    expect(isAtWork(awsBackup(), secret)).toBe(true);
    expect(isAtWork(awsBackup(), { ...secret, verb: 'list', name: '' })).toBe(true);
    const by = session('nightly-backup', 'x', { agent: 'aws-sdk-java/2.29.0' });
    expect(isAtWork(by, { ...secret, ...allowedBy('AWSBackupFullAccessPolicyForBackup', 'nightly-backup') })).toBe(
      true,
    );
  });

  it.each<[string, Caller, Partial<RequestParts>]>([
    ['the role is in another account', awsBackup({ account: OTHER }), allowedToBackup(OTHER)],
    ['the role is another', session('dev', 'AWSBackup-AWSBackupDefaultServiceRole'), {}],
    ['another policy allowed it', awsBackup(), allowedBy('AmazonEKSAdminViewPolicy', 'AWSBackupDefaultServiceRole')],
    ['it restores', awsBackup(), allowedBy('AWSBackupFullAccessPolicyForRestore', 'AWSBackupDefaultServiceRole')],
    ['somebody uses kubectl', awsBackup({ agent: 'kubectl/v1.32.2 (darwin/arm64)' }), {}],
    ['it writes', awsBackup(), { verb: 'patch' }],
    ['it watches', awsBackup(), { verb: 'watch' }],
    ['it enters a pod', awsBackup(), { resource: 'pods/exec' }],
    [
      'it is a person with that name',
      human('arn:aws:sts::111122223333:assumed-role/AWSBackupDefaultServiceRole/x'),
      {},
    ],
  ])('is somebody else when %s', (_why, by, parts) => {
    expect(isAtWork(by, { ...secret, ...parts })).toBe(false);
  });
});

describe('capabilities', () => {
  const kro = session('kro-capability', 'KRO');
  const byKro = allowedBy('AmazonEKSKROPolicy', 'kro-capability');
  const ack = session('ack-capability', 'x');
  const byAck = allowedBy('AmazonEKSACKPolicy', 'ack-capability');
  const crds = 'customresourcedefinitions.apiextensions.k8s.io';

  it.each<[string, Caller, Partial<RequestParts>]>([
    ['kro manages its resources', kro, { ...byKro, verb: 'delete', resource: 'webapps.kro.run' }],
    ['kro defines kinds', kro, { ...byKro, verb: 'create', resource: crds }],
    ['ACK follows its resources', ack, { ...byAck, verb: 'patch', resource: 'buckets.s3.services.k8s.aws' }],
    ['ACK watches them', ack, { ...byAck, verb: 'watch', resource: 'buckets.s3.services.k8s.aws' }],
  ])('%s', (_what, by, parts) => {
    expect(isAtWork(by, parts)).toBe(true);
  });

  it.each<[string, Caller, Partial<RequestParts>]>([
    [
      'kro by another policy',
      kro,
      { ...allowedBy('AmazonEKSClusterAdminPolicy', 'kro-capability'), verb: 'create', resource: crds },
    ],
    ['kro by another role', session('dev', 'KRO'), { ...byKro, verb: 'create', resource: crds }],
    ['kro with other kinds', kro, { ...byKro, verb: 'create', resource: 'pods' }],
    ['kro with kinds of another group', kro, { ...byKro, verb: 'create', resource: 'webapps.kro.run.example.com' }],
    ['ACK that deletes', ack, { ...byAck, verb: 'delete', resource: 'buckets.s3.services.k8s.aws' }],
    ['ACK that makes roles', ack, { ...byAck, verb: 'create', resource: 'roles.iam.services.k8s.aws' }],
    ['ACK with Secrets', ack, { ...byAck, verb: 'list', resource: 'secrets' }],
    ['ACK with kinds that sound like its own', ack, { ...byAck, verb: 'patch', resource: 'x.evilservices.k8s.aws' }],
  ])('are not at work: %s', (_what, by, parts) => {
    expect(isAtWork(by, parts)).toBe(false);
  });
});
