/** An audit event over its parsed JSON: every property is read on first use and remembered. */

import type { ImageReference } from '../kubernetes/image.ts';
import { patchedPart } from '../kubernetes/json-patch.ts';
import { NO_OBJECT, type ObjectReference, objectOfPath, pathOf, queryOf } from '../kubernetes/request-uri.ts';
import { type PodSpec, podSpecOf, type Workload, workloadOf } from '../kubernetes/workload.ts';
import { digest, reference } from '../primitives/digest.ts';
import { type Json, type JsonObject, listAt, numberAt, objectAt, textAt, textsAt } from '../primitives/json.ts';
import { actorOf } from './actor.ts';
import { isDryRun } from './dry-run.ts';
import type { Actor, AuditEvent, GeoLocation, Origin, Outcome } from './event.ts';
import { imagesOf } from './images.ts';

/** What is known of a record besides its text. */
export interface RecordInfo {
  /** CloudWatch Logs event id, where there is one. */
  readonly id?: string;
  /** Milliseconds since the epoch at which CloudWatch Logs says it happened. */
  readonly timestamp?: number;
}

/**
 * Wraps the parsed JSON of one audit record.
 *
 * @param raw the record; a field of another type than the API server writes counts as absent
 * @param text the record's text, which gives the reference when the request's time is missing
 * @param truncated whether `raw` is what could be salvaged of a record that was cut
 */
export const auditEvent = (
  raw: JsonObject,
  text: string,
  origin: Origin,
  record: RecordInfo,
  truncated = false,
): AuditEvent => new LazyAuditEvent(raw, text, origin, record, truncated);

class LazyAuditEvent implements AuditEvent {
  readonly source = 'audit';
  readonly origin: Origin;
  readonly truncated: boolean;
  readonly time: number;
  readonly #raw: JsonObject;
  readonly #text: string;
  readonly #record: RecordInfo;
  // What was read is kept; null for what was looked for and is not there. No functions here: one for each property of each event
  // would be made, and V8 makes such fast over and over again.
  #ref: string | undefined;
  #actor: Actor | undefined;
  #impersonated: Actor | null | undefined;
  #query: ReadonlyMap<string, readonly string[]> | undefined;
  #object: ObjectReference | undefined;
  #request: JsonObject | null | undefined;
  #asked: Workload | null | undefined;
  #workload: Workload | null | undefined;
  #spec: PodSpec | null | undefined;
  #images: readonly ImageReference[] | undefined;

  constructor(raw: JsonObject, text: string, origin: Origin, record: RecordInfo, truncated: boolean) {
    this.#raw = raw;
    this.#text = text;
    this.#record = record;
    this.origin = origin;
    this.truncated = truncated;
    this.time = timeOf(raw) || validTime(record.timestamp);
  }

  get ref(): string {
    this.#ref ??= this.#refer();
    return this.#ref;
  }
  get auditId(): string {
    return textAt(this.#raw, 'auditID');
  }
  get level(): string {
    return textAt(this.#raw, 'level');
  }
  get stage(): string {
    return textAt(this.#raw, 'stage');
  }
  get verb(): string {
    return textAt(this.#raw, 'verb');
  }
  get uri(): string {
    return textAt(this.#raw, 'requestURI');
  }
  get path(): string {
    return pathOf(this.uri);
  }
  get query(): ReadonlyMap<string, readonly string[]> {
    this.#query ??= queryOf(this.uri);
    return this.#query;
  }
  get code(): number {
    return numberAt(this.#raw, 'responseStatus', 'code');
  }
  get outcome(): Outcome {
    return outcomeOf(this.stage, this.code);
  }
  get reason(): string {
    return textAt(this.#raw, 'responseStatus', 'reason');
  }
  get message(): string {
    return textAt(this.#raw, 'responseStatus', 'message');
  }
  get actor(): Actor {
    this.#actor ??= actorOf(objectAt(this.#raw, 'user'), objectAt(this.#raw, 'annotations'), this.userAgent);
    return this.#actor;
  }
  // A getter can't be an optional property; absent and undefined mean the same to every reader.
  get impersonated(): Actor {
    this.#impersonated ??= impersonatedOf(this.#raw) ?? null;
    return (this.#impersonated ?? undefined) as Actor;
  }
  get address(): string {
    return addressOf(this.sourceIPs.at(-1) ?? '');
  }
  get sourceIPs(): readonly string[] {
    return textsAt(this.#raw, 'sourceIPs');
  }
  get location(): GeoLocation | undefined {
    return this.origin.locate?.(this.address);
  }
  get userAgent(): string {
    return textAt(this.#raw, 'userAgent');
  }
  get object(): ObjectReference {
    this.#object ??= objectOf(this.#raw, this.truncated ? this.path : '');
    return this.#object;
  }
  get annotations(): Readonly<Record<string, string>> {
    return (objectAt(this.#raw, 'annotations') ?? {}) as Record<string, string>;
  }
  get dryRun(): boolean {
    return isDryRun(this, this.truncated ? undefined : this.#raw['requestObject']);
  }
  get requestObject(): JsonObject | undefined {
    if (this.truncated) return undefined;
    this.#request ??= requestOf(this.#raw) ?? null;
    return this.#request ?? undefined;
  }
  get jsonPatch(): readonly Json[] {
    return this.truncated || this.verb !== 'patch' ? [] : listAt(this.#raw, 'requestObject');
  }
  get responseObject(): JsonObject | undefined {
    return this.truncated ? undefined : objectAt(this.#raw, 'responseObject');
  }
  get body(): JsonObject | undefined {
    const response = this.responseObject;
    return response !== undefined && response['kind'] !== 'Status' ? response : this.requestObject;
  }
  get asked(): Workload | undefined {
    this.#asked ??= workloadOf(this.object, this.requestObject) ?? null;
    return this.#asked ?? undefined;
  }
  get workload(): Workload | undefined {
    this.#workload ??= workloadOf(this.object, this.body) ?? null;
    return this.#workload ?? undefined;
  }
  get spec(): PodSpec | undefined {
    this.#spec ??= this.workload?.spec ?? ephemeralSpecOf(this.object, this.body) ?? null;
    return this.#spec ?? undefined;
  }
  get images(): readonly ImageReference[] {
    this.#images ??= imagesOf(this.spec, this.object, this.body);
    return this.#images;
  }

  #refer(): string {
    const received = textAt(this.#raw, 'requestReceivedTimestamp');
    if (received === '') return reference(this.time, 'record', this.#record.id ?? digest(this.#text));
    const { user } = actorOf(objectAt(this.#raw, 'user'));
    return reference(this.time, this.auditId, received, this.verb, abridged(this.uri), user, this.address);
  }
}

/** Characters of a URI that tell requests of one moment apart. Anybody may have a megabyte of path logged, which takes long to digest. */
const LONGEST_URI = 4_096;

const abridged = (uri: string): string =>
  uri.length <= LONGEST_URI ? uri : `${uri.slice(0, LONGEST_URI)} and ${uri.length - LONGEST_URI} more`;

const impersonatedOf = (raw: JsonObject): Actor | undefined => {
  const block = objectAt(raw, 'impersonatedUser');
  return block && actorOf(block);
};

/** Milliseconds since the epoch, or 0 for what can be no time of an event. */
export const validTime = (time: number | undefined): number =>
  time !== undefined && time > 0 && time < 1e14 ? Math.trunc(time) : 0;

/** The API server's own time comes first; older API versions and cut records have others. */
const TIMES = [
  ['requestReceivedTimestamp'],
  ['stageTimestamp'],
  ['timestamp'],
  ['metadata', 'creationTimestamp'],
] as const;

const timeOf = (raw: JsonObject): number => {
  for (const path of TIMES) {
    const time = validTime(Date.parse(textAt(raw, ...path)));
    if (time > 0) return time;
  }
  return 0;
};

/** How a request ended, by the stage of its record and the status code. */
export const outcomeOf = (stage: string, code: number): Outcome => {
  if (stage === 'RequestReceived') return 'started';
  if (code === 401 || code === 403) return 'denied';
  if (stage === 'Panic' || code >= 400) return 'failed';
  return code === 0 ? 'started' : 'succeeded';
};

/** A JSON patch is a list of operations; as the object that it sets, it can be read like any other request. */
const requestOf = (raw: JsonObject): JsonObject | undefined =>
  objectAt(raw, 'requestObject') ?? patchedPart(listAt(raw, 'requestObject'));

/** An IPv4 address that came over an IPv6 socket is the same address. */
const addressOf = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '');

const objectOf = (raw: JsonObject, pathOfTruncated: string): ObjectReference => {
  const block = objectAt(raw, 'objectRef');
  if (block === undefined) return pathOfTruncated === '' ? NO_OBJECT : objectOfPath(pathOfTruncated);
  return {
    group: textAt(block, 'apiGroup'),
    version: textAt(block, 'apiVersion'),
    resource: textAt(block, 'resource'),
    subresource: textAt(block, 'subresource'),
    namespace: textAt(block, 'namespace'),
    name: textAt(block, 'name'),
  };
};

/** Old clients (kubectl before 1.25) send ephemeral containers as a list of their own kind. */
const ephemeralSpecOf = (object: ObjectReference, body: JsonObject | undefined): PodSpec | undefined =>
  object.resource === 'pods' && object.subresource === 'ephemeralcontainers' && body !== undefined
    ? podSpecOf({ ephemeralContainers: body['ephemeralContainers'] })
    : undefined;
