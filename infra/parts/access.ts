/** What every resource with a policy of its own refuses, whatever an identity's policy may allow. */
import { Aws, Stack, Validations } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/**
 * Refuses plain HTTP, and callers of other accounts, anonymous ones included. AWS services that act for themselves (S3 telling a
 * queue, a rule filling one) have no account and are let through here; what they may do is allowed one by one.
 */
export const refusals = (actions: readonly string[], resources: readonly string[]): readonly PolicyStatement[] => {
  const refuse = (sid: string, conditions: Record<string, Record<string, string>>) =>
    new PolicyStatement({
      sid,
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: [...actions],
      resources: [...resources],
      conditions,
    });
  return [
    refuse('RefusePlainHttp', { Bool: { 'aws:SecureTransport': 'false' } }),
    refuse('RefuseOtherAccounts', {
      StringNotEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID },
      BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
    }),
  ];
};

/** A rule of cdk-nag that does not hold for a construct, and why that is right. The reason ends up in the template. */
export const except = (construct: IConstruct, id: string, reason: string): void =>
  Validations.of(construct).acknowledge({ id, reason });

/** A resource of an identity's policy that ends in, or holds, a wildcard, and why no narrower one will do. */
export const exceptWildcard = (construct: IConstruct, resource: string, reason: string): void =>
  except(construct, `AwsSolutions-IAM5[Resource::${written(Stack.of(construct).resolve(resource))}]`, reason);

/** A resource as cdk-nag names it: what is known only in the account is in angle brackets. */
const written = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const [[operation, operand] = []] = Object.entries(value as Record<string, unknown>);
  if (operation === 'Fn::Join') return ((operand as [string, unknown[]])[1] ?? []).map(written).join('');
  return `<${operation === 'Fn::GetAtt' ? (operand as string[]).join('.') : String(operand)}>`;
};
