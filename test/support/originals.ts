/** What four searches of Splunk's security content match and group, said anew over raw records; what theirs is called stands in quotes. */

import type { Finding } from '../../shared/findings/finding.ts';
import { type JsonObject, numberAt, objectsAt, textAt, textsAt } from '../../shared/primitives/json.ts';
import { locateExample } from './example-places.ts';

/** A field that an original groups by or collects: its values in a record, and where a finding shows them. */
export interface Field {
  readonly of: (record: JsonObject) => readonly (number | string)[];
  readonly in: (finding: Finding) => readonly (string | undefined)[];
}

export interface Original {
  readonly matches: (record: JsonObject) => boolean;
  /** What separates one result from another. */
  readonly by: Readonly<Record<string, Field>>;
  /** What is listed in a result. */
  readonly collects: Readonly<Record<string, Field>>;
  /** A group of so many records is no result yet. */
  readonly tolerates: number;
}

const filled = (values: readonly (number | string | undefined)[]) =>
  values.filter((value): value is number | string => value !== undefined && value !== '' && value !== 0);

const text = (path: readonly string[], shown: Field['in'], read = (value: string) => value): Field => ({
  of: (record) => filled([read(textAt(record, ...path))]),
  in: shown,
});

const seen =
  (kind: string): Field['in'] =>
  (finding) =>
    finding.observed[kind] ?? [];

const addressOf = (record: JsonObject): string => textsAt(record, 'sourceIPs')[0] ?? '';
const code = { of: (record: JsonObject) => filled([numberAt(record, 'responseStatus', 'code')]), in: seen('codes') };
const groups = { of: (record: JsonObject) => textsAt(record, 'user', 'groups'), in: seen('groups') };

/**
 * Rejected with 403, in the group of those who did not say who they are; more than five from one address, in one country and city.
 * Rows that have no city are lost. "responseStatus.status" is left out: it is Failure for whatever is refused.
 */
export const accessScanning: Original = {
  matches: (record) =>
    textsAt(record, 'user', 'groups').includes('system:unauthenticated') &&
    numberAt(record, 'responseStatus', 'code') === 403 &&
    (locateExample(addressOf(record))?.city ?? '') !== '',
  tolerates: 5,
  by: {
    'sourceIPs{}': { of: (record) => [addressOf(record)], in: ({ entities }) => [entities['sourceAddress']] },
    Country: { of: (record) => filled([locateExample(addressOf(record))?.country]), in: (f) => [f.source?.country] },
    City: { of: (record) => filled([locateExample(addressOf(record))?.city]), in: (f) => [f.source?.city] },
  },
  collects: {
    userAgent: text(['userAgent'], seen('userAgents')),
    'user.username': text(['user', 'username'], seen('users')),
    'user.groups{}': groups,
    verb: text(['verb'], seen('verbs')),
    requestURI: text(['requestURI'], seen('uris')),
    'responseStatus.code': code,
    'responseStatus.message': text(['responseStatus', 'message'], seen('messages')),
    'responseStatus.reason': text(['responseStatus', 'reason'], seen('reasons')),
  },
};

/** The object inside what the collector for this search ships: `{type, object}`. */
const object = (path: readonly string[], shown: Field['in'], read?: (value: string) => string) =>
  text(['object', ...path], shown, read);

/** Reads `pod default/web`. */
const involved =
  (part: number): Field['in'] =>
  (finding) =>
    (finding.observed['objects'] ?? []).map((name) => name.split(/[ /]/)[part]);

/** An Event whose message begins with "Pulling image" and names one of three tools anywhere behind it, in capitals or not. */
export const scannerImagePulled: Original = {
  matches: (record) => /^pulling image .*kube-(?:hunter|bench|recon)/i.test(textAt(record, 'object', 'message')),
  tolerates: 0,
  by: {
    host: object(['source', 'host'], seen('hosts')),
    kind: object(['involvedObject', 'kind'], involved(0), (kind) => kind.toLowerCase()),
    namespace: object(['involvedObject', 'namespace'], involved(1)),
    name: object(['involvedObject', 'name'], involved(2)),
    reason: object(['reason'], seen('reasons')),
    message: object(['message'], seen('messages')),
  },
  collects: {},
};

/**
 * An image name that a node's containers had within the last hour, and not before within 30 days. The metrics that it reads come of
 * what kubelets report, so a kubelet's report on a pod stands in for them.
 */
export const imageFirstSeen: Original = {
  matches: (record) =>
    textsAt(record, 'user', 'groups').includes('system:nodes') &&
    objectsAt(record, 'requestObject', 'status', 'containerStatuses').length > 0,
  tolerates: 0,
  by: {
    'k8s.node.name': text(['user', 'username'], seen('users')),
    'container.image.name': {
      of: (record) =>
        objectsAt(record, 'requestObject', 'status', 'containerStatuses').map((status) =>
          textAt(status, 'image').replace(/:[^:/]*$/, ''),
        ),
      in: ({ entities }) => [entities['image']],
    },
  },
  collects: {},
};

const APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const appliedOf = (record: JsonObject): string => textAt(record, 'requestObject', 'metadata', 'annotations', APPLIED);

/** A request to create or update pods whose annotation of kubectl has the words for the host network, however it was answered. */
export const podHostNetwork: Original = {
  matches: (record) =>
    textAt(record, 'objectRef', 'resource') === 'pods' &&
    ['create', 'update'].includes(textAt(record, 'verb')) &&
    appliedOf(record).includes('"hostNetwork":true'),
  tolerates: 0,
  by: {
    'objectRef.resource': text(['objectRef', 'resource'], involved(0)),
    'objectRef.namespace': text(['objectRef', 'namespace'], involved(1)),
    'objectRef.name': text(['objectRef', 'name'], involved(2)),
    'requestObject.kind': text(
      ['requestObject', 'kind'],
      ({ entities }) => [entities['workload']?.split(' ')[0]],
      (kind) => kind.toLowerCase(),
    ),
    'responseStatus.code': code,
    'sourceIPs{}': { of: (record) => [addressOf(record)], in: seen('addresses') },
    stage: text(['stage'], ({ evidence }) => evidence.map(({ stage }) => stage)),
    'user.username': text(['user', 'username'], seen('users')),
    userAgent: text(['userAgent'], seen('userAgents')),
    verb: text(['verb'], seen('verbs')),
    'images of the annotation': {
      of: (record) =>
        objectsAt(JSON.parse(appliedOf(record)), 'spec', 'containers').map((container) => textAt(container, 'image')),
      in: seen('images'),
    },
  },
  collects: { 'user.groups{}': groups },
};

/** The groups of records that an original reports, each with what has to be shown of it. */
export const resultsOf = ({ matches, by, tolerates }: Original, records: readonly JsonObject[]) => {
  const grouped = new Map<string, JsonObject[]>();
  for (const record of records.filter(matches)) {
    const key = JSON.stringify(Object.values(by).map((field) => field.of(record)));
    grouped.set(key, [...(grouped.get(key) ?? []), record]);
  }
  return [...grouped.values()].filter((group) => group.length > tolerates);
};
