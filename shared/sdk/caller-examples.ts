/** Callers as EKS writes them into audit records, for the examples beside each detection. */

import type { JsonObject } from '../primitives/json.ts';

/** A caller, as the `user` block, source address and user agent of a record show it. */
export interface Caller {
  readonly user: JsonObject;
  readonly ip: string;
  readonly agent: string;
}

const ACCOUNT = '111122223333';
const KUBECTL = 'kubectl/v1.32.2 (darwin/arm64) kubernetes/67a30c0';

const iam = (
  name: string,
  role: string,
  session: string,
  groups: readonly string[],
  ip: string,
  agent: string,
): Caller => ({
  user: {
    username: name,
    uid: `aws-iam-authenticator:${ACCOUNT}:AROAEXAMPLE${role.length}`,
    groups: [...groups, 'system:authenticated'],
    extra: {
      accessKeyId: ['ASIAIOSFODNN7EXAMPLE'],
      arn: [`arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session}`],
      canonicalArn: [`arn:aws:iam::${ACCOUNT}:role/${role}`],
      principalId: [`AROAEXAMPLE${role.length}`],
      sessionName: [session],
    },
  },
  ip,
  agent,
});

const SERVICE_ACCOUNT_GROUPS = ['system:serviceaccounts', 'system:authenticated'];

/** A person who came through IAM, by kubectl. */
export const human = (name = 'alice', { ip = '203.0.113.20', agent = KUBECTL, groups = ['developers'] } = {}): Caller =>
  iam(name, `team-${name}`, `${name}@example.com`, groups, ip, agent);

// People at work, in the order of their appearance. Mallory is the attacker.
export const alice = /* @__PURE__ */ human('alice');
export const bob = /* @__PURE__ */ human('bob');
export const carol = /* @__PURE__ */ human('carol');
export const dave = /* @__PURE__ */ human('dave');
export const erin = /* @__PURE__ */ human('erin');
export const mallory = /* @__PURE__ */ human('mallory');
export const oscar = /* @__PURE__ */ human('oscar');

/** A deploy pipeline's IAM role. */
export const pipeline = ({ agent = 'Helm/3.17.0' } = {}): Caller =>
  iam('deploy-pipeline', 'deploy-pipeline', 'ci-run-4711', ['deployers'], '198.51.100.10', agent);

/** A kubelet. */
export const node = (name = 'ip-10-0-1-17.eu-west-1.compute.internal', ip = '10.0.1.17'): Caller => ({
  user: {
    username: `system:node:${name}`,
    uid: `aws-iam-authenticator:${ACCOUNT}:AROAEXAMPLENODE`,
    groups: ['system:bootstrappers', 'system:nodes', 'system:authenticated'],
    extra: {
      accessKeyId: ['ASIAIOSFODNN7EXAMPLE'],
      arn: [`arn:aws:sts::${ACCOUNT}:assumed-role/node-role/i-0abc1234def567890`],
      canonicalArn: [`arn:aws:iam::${ACCOUNT}:role/node-role`],
      principalId: ['AROAEXAMPLENODE'],
      sessionName: ['i-0abc1234def567890'],
    },
  },
  ip,
  agent: 'kubelet/v1.32.3 (linux/amd64) kubernetes/bd3a2b5',
});

/** A workload's service account, from inside the cluster. */
export const serviceAccount = (
  namespace: string,
  name: string,
  { ip = '10.0.2.31', agent = 'Go-http-client/2.0', pod = `${name}-0` } = {},
): Caller => ({
  user: {
    username: `system:serviceaccount:${namespace}:${name}`,
    uid: '6f1c2c0e-8d0b-4f4e-9a53-6a6b6d0e7c11',
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    extra: {
      'authentication.kubernetes.io/credential-id': ['JTI=4d0b2f6a-2d5c-4a4e-8b0e-0c9a1c7e5f21'],
      'authentication.kubernetes.io/node-name': ['ip-10-0-1-17.eu-west-1.compute.internal'],
      'authentication.kubernetes.io/pod-name': [pod],
    },
  },
  ip,
  agent,
});

/** A controller of the controller manager, which uses a service account of kube-system over the API server's own address. */
export const controller = (name: string): Caller => ({
  user: {
    username: `system:serviceaccount:kube-system:${name}`,
    uid: 'b4b52bb4-35a5-4aa3-9c5b-0a1b1a2c8f10',
    groups: [
      ...SERVICE_ACCOUNT_GROUPS.slice(0, 1),
      'system:serviceaccounts:kube-system',
      ...SERVICE_ACCOUNT_GROUPS.slice(1),
    ],
  },
  ip: '172.16.45.12',
  agent: `kube-controller-manager/v1.32.3 (linux/amd64) kubernetes/bd3a2b5/system:serviceaccount:kube-system:${name}`,
});

/** A control-plane component by its certificate. */
export const component = (name: string): Caller => ({
  user: { username: `system:${name}`, groups: ['system:authenticated'] },
  ip: '172.16.45.12',
  agent: `${name}/v1.32.3 (linux/amd64) kubernetes/bd3a2b5`,
});

/** Nobody: on EKS 1.32 and later the API server answers 401 and logs an empty user. */
export const nobody = (ip = '203.0.113.66', agent = 'curl/8.5.0'): Caller => ({ user: {}, ip, agent });

/** Nobody, before EKS 1.32, or on an endpoint that still allows anonymous requests. */
export const anonymous = (ip = '203.0.113.66', agent = 'curl/8.5.0'): Caller => ({
  user: { username: 'system:anonymous', groups: ['system:unauthenticated'] },
  ip,
  agent,
});
