/** The configuration of a deployment: what cdk.json holds under `context`, checked. */
import type { Node } from 'constructs';
import { type Config, DEFAULT_CONFIG } from '../shared/config.ts';

export const readConfig = (_node: Node): Config => DEFAULT_CONFIG;
