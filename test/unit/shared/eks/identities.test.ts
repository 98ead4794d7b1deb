import { describe, expect, it } from 'vitest';
import {
  isAddOn,
  isControlPlane,
  isEks,
  isHumanOrUnproven,
  isNode,
  isProvenControlPlane,
  isProvenEks,
  isUserOrWorkload,
  makesPods,
} from '../../../../shared/eks/identities.ts';
import { actorOf } from '../../../../shared/events/actor.ts';
import {
  anonymous,
  type Caller,
  component,
  controller,
  human,
  nobody,
  node,
  serviceAccount,
} from '../../../../shared/sdk/examples.ts';

const actor = (caller: Caller) => actorOf(caller.user, undefined, caller.agent);
const session = (
  role: string,
  { account = '111122223333', user = 'eks:addon-manager', groups = [] as string[] } = {},
) =>
  actorOf({
    username: user,
    groups,
    extra: { arn: [`arn:aws:sts::${account}:assumed-role/${role}/session`] },
  });

describe('identities that make requests all day', () => {
  it('are the controllers and components of Kubernetes', () => {
    expect(isControlPlane(actor(controller('node-controller')))).toBe(true);
    expect(isControlPlane(actor(component('kube-scheduler')))).toBe(true);
    expect(makesPods(actor(controller('replicaset-controller')))).toBe(true);
    expect(makesPods(actor(controller('node-controller')))).toBe(false);
  });

  it('are EKS itself, from inside or by a role of its own', () => {
    expect(isEks(actorOf({ username: 'eks:nodewatcher' }))).toBe(true);
    expect(isEks(session('AWSWesleyClusterManagerLambda-Add-AddonManagerRole-1CRTQUJF13T5U'))).toBe(true);
    expect(isEks(session('AWSServiceRoleForAmazonEKSNodegroup'))).toBe(true);
  });

  it('are EKS for certain only from inside, or from an account that is known to be its own', () => {
    const role = 'AWSWesleyClusterManagerLambda-Add-AddonManagerRole-1CRTQUJF13T5U';
    const own = session(role, { account: '927209226484' });
    expect(isProvenEks(actorOf({ username: 'eks:nodewatcher' }))).toBe(true);
    expect(isProvenEks(own)).toBe(true);
    expect(isProvenControlPlane(own)).toBe(true);
    expect(isHumanOrUnproven(own)).toBe(false);
    for (const other of [
      session(role),
      session('AWSServiceRoleForAmazonEKS'),
      session('AWSServiceRoleForAmazonEKSNodegroup'),
    ]) {
      expect(isEks(other)).toBe(true);
      expect(isUserOrWorkload(other)).toBe(false);
      expect(isProvenEks(other)).toBe(false);
      expect(isProvenControlPlane(other)).toBe(false);
      expect(isHumanOrUnproven(other)).toBe(true);
    }
    expect(isProvenControlPlane(actor(controller('node-controller')))).toBe(true);
    expect(isHumanOrUnproven(actor(controller('node-controller')))).toBe(false);
    expect(isHumanOrUnproven(actor(human()))).toBe(true);
    expect(isHumanOrUnproven(actor(nobody()))).toBe(false);
    expect(isHumanOrUnproven(actor(node()))).toBe(false);
  });

  it('are not EKS by another name or role, nor with a group', () => {
    const role = 'AWSWesleyClusterManagerLambda-Add-AddonManagerRole-1CRTQUJF13T5U';
    const account = '927209226484';
    for (const stranger of [
      session(role, { account, groups: ['system:authenticated', 'system:masters'] }),
      session(role, { account, user: 'eks:support-engineer' }),
      session(role, { account, user: 'mallory' }),
      session('AWSWesleyClusterManagerLambda', { account }),
      session('AWSServiceRoleForAmazonEKS-CAC1G1VH3ZKZ', { account }),
      session('AWSServiceRoleForAmazonEKSevil', { account }),
      session('x/AWSWesleyClusterManagerLambda-x', { account }),
    ]) {
      expect(isEks(stranger)).toBe(false);
      expect(isProvenEks(stranger)).toBe(false);
    }
  });

  it('are exact: a name that begins alike is a person', () => {
    for (const username of ['eks:addon-manager2', 'eks:helper', 'system:kube-scheduler-2', 'eks:support-engineer']) {
      expect(isControlPlane(actorOf({ username }))).toBe(false);
      expect(isUserOrWorkload(actorOf({ username }))).toBe(true);
    }
    expect(isControlPlane(actor(serviceAccount('shop', 'node-controller')))).toBe(false);
  });

  it('are not borrowed through IAM', () => {
    for (const name of ['system:kube-controller-manager', 'system:serviceaccount:kube-system:replicaset-controller']) {
      expect(isControlPlane(actor(human(name)))).toBe(false);
      expect(makesPods(actor(human(name)))).toBe(false);
    }
    expect(isEks(session('build-agent'))).toBe(false);
    expect(isEks(session('my-AWSServiceRoleForAmazonEKS'))).toBe(false);
    expect(isAddOn(actor(human('system:serviceaccount:kube-system:aws-node')))).toBe(false);
  });

  it('are nodes by their group, not by their name', () => {
    expect(isNode(actor(node()))).toBe(true);
    expect(isUserOrWorkload(actor(node()))).toBe(false);
    expect(isNode(actor(human('system:node:ip-10-0-1-17', { groups: ['system:masters'] })))).toBe(false);
    expect(isUserOrWorkload(actor(human('system:node:ip-10-0-1-17', { groups: ['system:masters'] })))).toBe(true);
  });

  it('include add-ons by their service account in kube-system only', () => {
    expect(isAddOn(actor(serviceAccount('kube-system', 'aws-node')))).toBe(true);
    expect(isAddOn(actor(serviceAccount('shop', 'aws-node')))).toBe(false);
    expect(isAddOn(actor(serviceAccount('cert-manager', 'cert-manager')))).toBe(false);
  });

  it('leave people, pipelines and workloads, and nobody', () => {
    expect(isUserOrWorkload(actor(human()))).toBe(true);
    expect(isUserOrWorkload(actor(serviceAccount('shop', 'web')))).toBe(true);
    expect(isUserOrWorkload(actor(anonymous()))).toBe(false);
    expect(isUserOrWorkload(actor(nobody()))).toBe(false);
  });
});
