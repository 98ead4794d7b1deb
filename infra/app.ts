/** What `cdk` runs, by cdk.json. */
import { createDeployment } from './deployment.ts';

try {
  createDeployment().synth();
} catch (error) {
  // A configuration is mended by its message; where in the program it was found out is of no use.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
