/** Records as an API server writes them, of every shape that some detection reads: what hostile input is made from. */
import { pathToFileURL } from 'node:url';
import { detectionFiles } from '../../docs/generate/detection-index.ts';
import type { Examples } from '../../shared/sdk/detection.ts';
import { createPod, human, kubernetesEvent, pod } from '../../shared/sdk/examples.ts';
import { recordedStream } from '../support/recorded-stream.ts';

const examplesOf = async (file: string): Promise<readonly unknown[]> => {
  const { examples } = (await import(pathToFileURL(`shared/detections/${file}.ts`).href)) as {
    examples: () => Examples;
  };
  const { fires, silent } = examples();
  // Of a burst the first record is like the others.
  return [...Object.values(fires), ...Object.values(silent)].flatMap((example) =>
    Array.isArray(example) ? example.slice(0, 2) : [example],
  );
};

const ofDetections = (await Promise.all(detectionFiles().map(examplesOf))).flat();

export const REAL_EVENTS: readonly string[] = [
  // Examples that are text are cut records already.
  ...new Set(
    [...recordedStream(), ...ofDetections]
      .filter((record) => typeof record !== 'string')
      .map((record) => JSON.stringify(record)),
  ),
];

/** A record that has to be detected whatever stands beside it in the batch. */
export const ATTACK = JSON.stringify(
  createPod(human('mallory'), pod({ hostNetwork: true }, { name: 'planted', namespace: 'planted' })),
);

/** The forms in which agents ship Kubernetes Events. */
export const SHIPPED_EVENTS: readonly string[] = [
  kubernetesEvent({ reason: 'Pulling', message: 'Pulling image "aquasec/kube-hunter:0.6.8"' }),
].flatMap((object) => [
  JSON.stringify(object),
  JSON.stringify({ type: 'ADDED', object }),
  JSON.stringify({ body: { type: 'ADDED', object } }),
  JSON.stringify({ log: JSON.stringify(object) }),
]);
