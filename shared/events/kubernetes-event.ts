/** Kubernetes Event objects in the forms that collectors ship them in. */

import { type ImageReference, parseImage } from '../kubernetes/image.ts';
import { digest, reference } from '../primitives/digest.ts';
import { isObject, type JsonObject, numberAt, objectAt, parseJson, textAt } from '../primitives/json.ts';
import { type RecordInfo, validTime } from './audit.ts';
import type { KubernetesEvent, Origin } from './event.ts';

/** How deep collectors wrap the object: OpenTelemetry's exporter {body: {type, object}}, Fluent Bit {log}, Splunk {event}. */
const DEEPEST_WRAPPING = 4;
const WRAPPERS = ['object', 'body', 'event', 'log', 'log_processed'] as const;

/**
 * The Event object inside a record: bare (kubectl, Fluent Bit's kubernetes_events), inside `{type, object}` (a watch, as older
 * Splunk collectors and the OpenTelemetry k8sobjects receiver ship it), inside what an exporter wraps around that, or taken apart by
 * OpenTelemetry's k8s_events receiver. Undefined for a record that holds none.
 */
export const unwrapKubernetesEvent = (raw: unknown, depth = 0): JsonObject | undefined => {
  if (!isObject(raw)) return undefined;
  if (isInvolved(raw, 'involvedObject') || isInvolved(raw, 'regarding')) return raw;
  if (depth === DEEPEST_WRAPPING) return undefined;
  for (const key of WRAPPERS) {
    const inner = Object.hasOwn(raw, key) ? raw[key] : undefined;
    const found = unwrapKubernetesEvent(typeof inner === 'string' ? parseJson(inner) : inner, depth + 1);
    if (found !== undefined) return found;
  }
  return depth === 0 ? putTogether(raw) : undefined;
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
