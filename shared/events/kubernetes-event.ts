/** Kubernetes Event objects of every API version, without what collectors wrap around them (logs/envelopes.ts). */

import { type ImageReference, parseImage } from '../kubernetes/image.ts';
import { digest, reference } from '../primitives/digest.ts';
import { isObject, type JsonObject, numberAt, objectAt, textAt } from '../primitives/json.ts';
import { type RecordInfo, validTime } from './audit.ts';
import type { KubernetesEvent, Origin } from './event.ts';

/** The Event object that a record is, or that OpenTelemetry's k8s_events receiver made it of. Undefined for any other record. */
export const kubernetesEventIn = (raw: unknown): JsonObject | undefined => {
  if (!isObject(raw)) return undefined;
  return isInvolved(raw, 'involvedObject') || isInvolved(raw, 'regarding') ? raw : putTogether(raw);
};

/** The k8s_events receiver makes the message the body, and attributes of the rest: of the record, and of what it is about. */
const putTogether = (raw: JsonObject): JsonObject | undefined => {
  const [attributes, about] = [objectAt(raw, 'attributes'), objectAt(raw, 'resource')];
  const kind = textAt(about, 'k8s.object.kind');
  if (kind === '') return undefined;
  return {
    involvedObject: {
      kind,
      namespace: textAt(attributes, 'k8s.namespace.name'),
      name: textAt(about, 'k8s.object.name'),
    },
    metadata: {
      uid: textAt(attributes, 'k8s.event.uid'),
      creationTimestamp: textAt(attributes, 'k8s.event.start_time'),
    },
    reason: textAt(attributes, 'k8s.event.reason'),
    message: textAt(raw, 'body'),
    source: { host: textAt(about, 'k8s.node.name') },
    count: numberAt(attributes, 'k8s.event.count'),
    type: textAt(raw, 'severity_text'),
  };
};

const isInvolved = (raw: JsonObject, key: string): boolean => textAt(raw, key, 'kind') !== '';

/** Reads core/v1 Events and events.k8s.io/v1 Events, which name the same things differently. */
export const kubernetesEventOf = (
  raw: JsonObject,
  text: string,
  origin: Origin,
  record: RecordInfo,
): KubernetesEvent => {
  const involved = objectAt(raw, 'involvedObject') ?? objectAt(raw, 'regarding');
  const source = objectAt(raw, 'source') ?? objectAt(raw, 'deprecatedSource');
  const message = textAt(raw, 'message') || textAt(raw, 'note');
  const reason = textAt(raw, 'reason');
  const count = numberAt(raw, 'count') || numberAt(raw, 'deprecatedCount') || numberAt(raw, 'series', 'count') || 1;
  const uid = textAt(raw, 'metadata', 'uid');
  const time = timeOf(raw) || validTime(record.timestamp);
  return {
    source: 'kubernetes-event',
    origin,
    ref:
      uid === '' ? reference(time, 'record', record.id ?? digest(text)) : reference(time, 'event', uid, String(count)),
    time,
    reason,
    message,
    type: textAt(raw, 'type'),
    count,
    component: textAt(source, 'component') || textAt(raw, 'reportingComponent') || textAt(raw, 'reportingController'),
    host: textAt(source, 'host') || textAt(raw, 'reportingInstance'),
    involved: {
      kind: textAt(involved, 'kind'),
      namespace: textAt(involved, 'namespace') || textAt(raw, 'metadata', 'namespace'),
      name: textAt(involved, 'name'),
    },
    images: imagesOf(message),
  };
};

const timeOf = (raw: JsonObject): number => {
  const paths = [
    ['lastTimestamp'],
    ['deprecatedLastTimestamp'],
    ['series', 'lastObservedTime'],
    ['eventTime'],
    ['firstTimestamp'],
    ['deprecatedFirstTimestamp'],
    ['metadata', 'creationTimestamp'],
  ];
  for (const path of paths) {
    const time = validTime(Date.parse(textAt(raw, ...path)));
    if (time > 0) return time;
  }
  return 0;
};

/** The kubelet quotes the image in every message about one: `Pulling image "nginx:1.27"`. */
const imagesOf = (message: string): readonly ImageReference[] => {
  const written = /\bimage "([^"]{1,512})"/i.exec(message)?.[1];
  const image = written === undefined ? undefined : parseImage(written);
  return image === undefined ? [] : [image];
};
