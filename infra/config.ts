/** The configuration of a deployment: what cdk.json holds under `context`, checked. */
import type { Node } from 'constructs';
import type { Config } from '../shared/config/config.ts';
import { parseConfig } from '../shared/config/schema.ts';
import { DETECTIONS } from '../shared/detections/index.ts';

/** @throws an error that names every mistake, so that nothing is deployed with a configuration that is not what was meant */
export const readConfig = (node: Node): Config => parseConfig(node.tryGetContext('eks-detect'), DETECTIONS);
