/** The resources of a finding: the cluster first, then what it is about, then the IAM identity that acted. */

import type { DetectionFinding } from '../ocsf/event.ts';
import { clusterArnOf, partitionOf } from '../ocsf/finding.ts';
import { cut, LONGEST, MOST } from './limits.ts';
import type { AsffFinding, AsffResource, Receiver } from './security-finding.ts';

/** Partitions that the format has names for. Source: Security Hub API reference, Resource. */
const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov'] as const;

type Place = Pick<AsffResource, 'Partition' | 'Region'>;

export const asffResources = (event: DetectionFinding, { region }: Receiver): AsffFinding['Resources'] => {
  const at = event.cloud.region ?? region;
  const partition = PARTITIONS.find((one) => one === (event.cloud.cloud_partition ?? partitionOf(at)));
  const place: Place = { Region: at, ...(partition !== undefined && { Partition: partition }) };
  const resources = [clusterResource(event, place), ...entityResources(event, place), ...iamResources(event, place)];
  const byId = new Map(resources.map((resource) => [`${resource.Type} ${resource.Id}`, resource]));
  return [...byId.values()].slice(0, MOST.resources);
};

const clusterResource = (event: DetectionFinding, place: Place): AsffResource => {
  const { cluster } = event.unmapped;
  const arn = clusterArnOf(event);
  if (arn === undefined) return other(event, place, 'cluster', cluster);
  return { Type: 'AwsEksCluster', Id: arn, ...place, Details: { AwsEksCluster: { Arn: arn, Name: cluster } } };
};

/** An id that tells the same name in two clusters apart. */
const idOf = ({ unmapped }: DetectionFinding, name: string, value: string): string =>
  cut(`${unmapped.cluster}/${name}/${value}`, LONGEST.resourceId);

const other = (event: DetectionFinding, place: Place, name: string, value: string): AsffResource => ({
  Type: 'Other',
  Id: idOf(event, name, value),
  ...place,
  Details: { Other: { [name]: cut(value, LONGEST.detailValue) } },
});

const entityResources = (event: DetectionFinding, place: Place): readonly AsffResource[] =>
  Object.entries(event.unmapped.entities).map(([name, value]) => {
    if (name === 'image' || name === 'container') {
      const details = name === 'image' ? { ImageName: value } : { Name: value };
      return { Type: 'Container', Id: idOf(event, name, value), ...place, Details: { Container: details } };
    }
    return iamResource(value, place) ?? other(event, place, name, value);
  });

const IAM_IDENTITY = /^arn:[\w-]+:iam::\d{12}:(role|user)\/(?:.*\/)?([^/]+)$/;

const iamResource = (arn: string, place: Place): AsffResource | undefined => {
  const [, kind, name] = IAM_IDENTITY.exec(arn) ?? [];
  if (name === undefined) return undefined;
  return kind === 'role'
    ? { Type: 'AwsIamRole', Id: arn, ...place, Details: { AwsIamRole: { RoleName: name } } }
    : { Type: 'AwsIamUser', Id: arn, ...place, Details: { AwsIamUser: { UserName: name } } };
};

/** A session's credential is an access key only where IAM issued it; service-account tokens have ids of another form. */
const ACCESS_KEY = /^A[KS]IA[A-Z0-9]{8,124}$/;

const iamResources = (event: DetectionFinding, place: Place): readonly AsffResource[] =>
  event.evidences.flatMap(({ actor }) => {
    const { issuer = '', credential_uid: key = '' } = actor?.session ?? {};
    const identity = iamResource(issuer, place);
    return [...(identity ? [identity] : []), ...(ACCESS_KEY.test(key) ? [accessKey(key, actor, issuer, place)] : [])];
  });

const accessKey = (
  key: string,
  actor: DetectionFinding['evidences'][number]['actor'],
  issuer: string,
  place: Place,
): AsffResource => {
  const account = actor?.user.account?.uid;
  return {
    Type: 'AwsIamAccessKey',
    Id: `AWS::IAM::AccessKey:${key}`,
    ...place,
    Details: {
      AwsIamAccessKey: {
        AccessKeyId: key,
        ...(account !== undefined && { AccountId: account }),
        ...(issuer !== '' && { PrincipalName: cut(issuer, LONGEST.resourceId), PrincipalType: principalType(issuer) }),
      },
    },
  };
};

const principalType = (issuer: string): string => (issuer.includes(':role/') ? 'AssumedRole' : 'IAMUser');
