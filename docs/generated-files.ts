/** The files that are made from the detections. Paths are relative to the repository's root, where npm runs scripts. */
import { readdirSync } from 'node:fs';
import { detectionIndex } from './detection-index.ts';

export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

const ROOT = 'shared/detections';

/** `<tactic>/<id>` of every detection file, sorted. */
export const detectionFiles = (): readonly string[] =>
  readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((tactic) =>
      readdirSync(`${ROOT}/${tactic.name}`)
        .filter((file) => file.endsWith('.ts'))
        .map((file) => `${tactic.name}/${file.slice(0, -'.ts'.length)}`),
    )
    .sort();

export const generatedFiles = async (): Promise<readonly GeneratedFile[]> => [
  { path: `${ROOT}/index.ts`, text: detectionIndex(detectionFiles()) },
];
