/** How a Lambda function of this stack is made: its bundle and configuration, a role that can write its own log and nothing else, its log group. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage, type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, type LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Config } from '../../shared/config/config.ts';
import { type Asset, assetOf } from './bundle.ts';

export interface FunctionDescription {
  /** Path of the entry point below the repository's root. */
  readonly entry: string;
  readonly description: string;
  readonly config: Config;
  /** Megabytes. Lambda gives CPU in proportion. */
  readonly memory: number;
  readonly timeout: Duration;
  readonly layers?: LayerVersion[];
}

export const createFunction = (
  scope: Construct,
  id: string,
  { entry, description, config, memory, timeout, layers = [] }: FunctionDescription,
): LambdaFunction => {
  const logGroup = new LogGroup(scope, `${id}Log`, {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  return new LambdaFunction(scope, id, {
    description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: codeOf(entry, assetOf(entry, config)),
    memorySize: memory,
    timeout,
    layers,
    role,
    logGroup,
  });
};

const codeOf = (entry: string, { files, hash }: Asset): Code =>
  Code.fromAsset(dirname(fileURLToPath(new URL(`../../${entry}`, import.meta.url))), {
    assetHash: hash,
    assetHashType: AssetHashType.CUSTOM,
    bundling: {
      // Never pulled: building here always succeeds, or throws.
      image: DockerImage.fromRegistry('none'),
      local: {
        tryBundle: (directory) => {
          for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
          return true;
        },
      },
    },
  });
