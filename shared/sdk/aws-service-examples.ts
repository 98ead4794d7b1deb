/** Builders of callers and annotations of AWS services that reach a cluster by an access policy, for the examples of the detections. */
import { type Caller, component } from './caller-examples.ts';

const ACCOUNT = '111122223333';

/** An IAM session without a mapping of its own: its user name is its ARN, and access policies say what it may do. */
export const session = (
  role: string,
  name: string,
  { account = ACCOUNT, groups = [] as readonly string[], user = '', agent = 'controller/v1.0.0 (linux/amd64)' } = {},
): Caller => {
  const arn = `arn:aws:sts::${account}:assumed-role/${role}/${name}`;
  return {
    user: {
      username: user || arn,
      uid: `aws-iam-authenticator:${account}:AROAEXAMPLESERVICE`,
      groups: [...groups, 'system:authenticated'],
      extra: {
        accessKeyId: ['ASIAIOSFODNN7EXAMPLE'],
        arn: [arn],
        canonicalArn: [`arn:aws:iam::${account}:role/${role}`],
        principalId: ['AROAEXAMPLESERVICE'],
        sessionName: [name],
      },
    },
    ip: '10.0.9.14',
    agent,
  };
};

/** What the API server writes of a request that an access policy allowed. */
export const allowedBy = (
  policy: string,
  role: string,
  account = ACCOUNT,
): { readonly annotations: Readonly<Record<string, string>> } => {
  const arn = `arn:aws:eks::aws:cluster-access-policy/${policy}`;
  const binding = `arn:aws:iam::${account}:role/${role}+${arn}`;
  return {
    annotations: {
      'authorization.k8s.io/decision': 'allow',
      'authorization.k8s.io/reason': `EKS Access Policy: allowed by ClusterRoleBinding "${binding}" of ClusterRole "${arn}" to User "AROAEXAMPLESERVICE"`,
    },
  };
};

const EKS_ROLE = 'AWSServiceRoleForAmazonEKS';
const EKS_ROLE_PATH = 'aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS';

/** The controllers of EKS Auto Mode. */
export const autoMode = (options: { readonly account?: string; readonly groups?: readonly string[] } = {}): Caller =>
  session(EKS_ROLE, 'AmazonEKS', { groups: ['eks:managed'], ...options });

export const allowedToAutoMode = (policy = 'AmazonEKSComputeClusterPolicy', account = ACCOUNT) =>
  allowedBy(policy, EKS_ROLE_PATH, account);

const BACKUP_ROLE = 'AWSBackupDefaultServiceRole';

/** AWS Backup, by its default role. */
export const awsBackup = (options: { readonly account?: string; readonly agent?: string } = {}): Caller =>
  session(BACKUP_ROLE, 'AWSBackup-AWSBackupDefaultServiceRole', { agent: 'aws-sdk-java/2.29.0', ...options });

export const allowedToBackup = (account = ACCOUNT) =>
  allowedBy('AWSBackupFullAccessPolicyForBackup', `service-role/${BACKUP_ROLE}`, account);

/** Amazon EKS itself, from inside the cluster: `amazonEks('addon-manager')`. */
export const amazonEks = (name: string): Caller => ({
  ...component('apiserver'),
  user: { username: `eks:${name}`, groups: ['system:authenticated'] },
});
