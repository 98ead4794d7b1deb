/** The images that a request is about. */

import { type ImageReference, parseImage, parseImages } from '../kubernetes/image.ts';
import type { ObjectReference } from '../kubernetes/request-uri.ts';
import type { PodSpec } from '../kubernetes/workload.ts';
import { type JsonObject, objectsAt, textAt } from '../primitives/json.ts';

/**
 * Images of a pod spec, those that it mounts as volumes among them; for a node's report on a pod (pods/status), the images that its
 * containers run. A runtime that knows an image by several names reports none of them, but where it was fetched from.
 */
export const imagesOf = (
  spec: PodSpec | undefined,
  object: ObjectReference,
  body: JsonObject | undefined,
): readonly ImageReference[] => {
  const written = new Set(spec?.containers.map((container) => container.image));
  for (const volume of spec === undefined ? [] : objectsAt(spec.raw, 'volumes')) {
    written.add(textAt(volume, 'image', 'reference'));
  }
  if (object.resource === 'pods' && object.subresource === 'status' && spec === undefined) {
    for (const list of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses']) {
      for (const status of objectsAt(body, 'status', list)) {
        const image = textAt(status, 'image');
        written.add(parseImage(image) === undefined ? textAt(status, 'imageID') : image);
      }
    }
  }
  return parseImages([...written]);
};
