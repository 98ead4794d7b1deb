/** The CDK app: the stack, and the rules that it is checked against at every synth. */
import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readConfig } from './config.ts';
import { EksDetectStack } from './stack.ts';

export const STACK = 'eks-detect';

/** The account and Region are those that the CDK finds when it deploys, so that no synth needs one. */
export const createDeployment = (props: AppProps = {}): App => {
  const app = new App({ analyticsReporting: false, ...props });
  new EksDetectStack(app, STACK, { config: readConfig(app.node) });
  Validations.of(app).addPlugins(
    new AwsSolutionsChecks(app, { verbose: true, writeSuppressionsToCloudFormation: true }),
  );
  return app;
};
