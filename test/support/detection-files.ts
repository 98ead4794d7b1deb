/** The detections as their files hold them: with their examples, which the shipped catalogue does not import. */
import { pathToFileURL } from 'node:url';
import type { AnyDetection } from '../../shared/sdk/detection.ts';

export { detectionFiles } from '../../docs/generate/detection-index.ts';

/** Raw records that prove a detection: the key under `fires` is the summary that must come out, under `silent` the reason. */
export interface Examples {
  readonly fires: Readonly<Record<string, unknown>>;
  readonly silent: Readonly<Record<string, unknown>>;
}

/** @param file `<tactic>/<id>` */
export const loadDetection = async (file: string): Promise<Examples & { readonly detection: AnyDetection }> => {
  const { default: detection, examples } = (await import(pathToFileURL(`shared/detections/${file}.ts`).href)) as {
    readonly default: AnyDetection;
    readonly examples: () => Examples;
  };
  return { detection, ...examples() };
};
