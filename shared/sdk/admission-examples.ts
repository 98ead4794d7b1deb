/** Builders of raw records about admission configurations, for the examples beside the detections. */
import type { JsonObject } from '../primitives/json.ts';

/** The body of a configuration with one webhook. */
export const webhook = (
  clientConfig: JsonObject,
  resources: readonly string[] = ['pods'],
  apiGroups: readonly string[] = [''],
): JsonObject => ({
  webhooks: [{ name: 'hook.example.com', clientConfig, rules: [{ apiGroups, resources, operations: ['CREATE'] }] }],
});
