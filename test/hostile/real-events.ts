/** Records as an API server writes them, of every shape that some detection reads: what hostile input is made from. */

import { createPod, human, kubernetesEvent, pod } from '../../shared/sdk/examples.ts';
import { detectionFiles, loadDetection } from '../support/detection-files.ts';
import { recordedStream } from '../support/recorded-stream.ts';

const examplesOf = async (file: string): Promise<readonly unknown[]> => {
  const { fires, silent } = await loadDetection(file);
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
