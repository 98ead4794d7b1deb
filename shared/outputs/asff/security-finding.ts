/** The part of an AWS Security Finding that eks-detect fills. A test holds it against the type of the service's own client. */

/** The account and Region whose Security Hub is called: findings of the default product are taken from their own account only. */
export interface Receiver {
  readonly account: string;
  readonly region: string;
  /** The AWS partition, where it is known. Otherwise the Region tells. */
  readonly partition?: string;
}

export interface AsffFinding {
  SchemaVersion: '2018-10-08';
  Id: string;
  ProductArn: string;
  ProductName: string;
  CompanyName: string;
  GeneratorId: string;
  AwsAccountId: string;
  CreatedAt: string;
  UpdatedAt: string;
  FirstObservedAt: string;
  LastObservedAt: string;
  Title: string;
  Description: string;
  Remediation: { Recommendation: { Text: string; Url?: string } };
  ProductFields: Record<string, string>;
  Resources: AsffResource[];
  FindingProviderFields: {
    Confidence: number;
    Severity: { Label: 'INFORMATIONAL' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL'; Original: string };
    Types: string[];
  };
  Network?: { Direction: 'IN'; SourceIpV4?: string; SourceIpV6?: string };
  RecordState: 'ACTIVE' | 'ARCHIVED';
}

export interface AsffResource {
  Type: 'AwsEksCluster' | 'Container' | 'AwsIamRole' | 'AwsIamUser' | 'AwsIamAccessKey' | 'Other';
  Id: string;
  /** Left out in partitions for which the format has no name. */
  Partition?: 'aws' | 'aws-cn' | 'aws-us-gov';
  Region: string;
  Details?: {
    AwsEksCluster?: { Arn: string; Name: string };
    Container?: { Name?: string; ImageName?: string };
    AwsIamRole?: { RoleName: string };
    AwsIamUser?: { UserName: string };
    AwsIamAccessKey?: { AccessKeyId: string; AccountId?: string; PrincipalName?: string; PrincipalType?: string };
    Other?: Record<string, string>;
  };
}
