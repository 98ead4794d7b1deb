/** docs/config.schema.json: what the configuration may say, for editors. */
import { configJsonSchema } from '../../shared/config/schema.ts';
import type { AnyDetection } from '../../shared/sdk/detection.ts';

export const configSchema = (detections: readonly AnyDetection[]): string => {
  const { $schema, ...schema } = configJsonSchema(detections) as Record<string, unknown>;
  const titled = { $schema, title: 'Configuration of eks-detect', ...schema };
  return `${JSON.stringify(titled, undefined, 2)}\n`;
};
