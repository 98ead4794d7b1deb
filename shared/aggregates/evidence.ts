/** What is kept of an event to show a person later: bounded in length, clean of secrets and control characters. */
import { AUDIT_FIELDS } from '../events/audit-fields.ts';
import type { AuditEvent, Event, KubernetesEvent } from '../events/event.ts';
import { type Field, type FieldTable, shownValues } from '../events/fields.ts';
import { KUBERNETES_EVENT_FIELDS } from '../events/kubernetes-event-fields.ts';
import { clusterLogGroup } from '../logs/log-source.ts';
import { clean } from '../primitives/clean-text.ts';
import { timeOfReference } from '../primitives/digest.ts';
import { at, isObject, type JsonObject, parseJson } from '../primitives/json.ts';

/** Who acted, as a finding shows it. */
export interface ShownActor {
  readonly user: string;
  readonly groups: readonly string[];
  readonly arn?: string;
  readonly canonicalArn?: string;
  readonly sessionName?: string;
  readonly accessKeyId?: string;
  readonly serviceAccount?: string;
  readonly credentialId?: string;
  readonly boundPod?: string;
  readonly boundNode?: string;
  readonly impersonated?: { readonly user: string; readonly groups: readonly string[] };
}

/** One record behind a finding. `request` fields come from audit events, `message` also from Kubernetes Events. */
export interface Evidence {
  readonly time: string;
  readonly summary: string;
  readonly auditId?: string;
  readonly stage?: string;
  readonly verb?: string;
  readonly uri?: string;
  readonly code?: number;
  readonly address?: string;
  /** The node that reported a Kubernetes Event. */
  readonly host?: string;
  readonly userAgent?: string;
  readonly object?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly actor?: ShownActor;
  readonly logStream?: string;
  /** Where it is not the log group that EKS names after the cluster. */
  readonly logGroup?: string;
  readonly truncated?: true;
}

/** Where evidence keeps a field: its key, inside a block where it has one. */
interface Kept<E extends Event> {
  readonly field: Field<E>;
  readonly block: string;
  readonly key: string;
}

const keptOf = <E extends Event>(table: FieldTable<E>): readonly Kept<E>[] =>
  Object.values(table).flatMap((field) => {
    if (field.evidence === undefined) return [];
    const [key = '', block = ''] = field.evidence.split('.').reverse();
    return [{ field, block, key }];
  });

const KEPT_OF_AUDIT = keptOf<AuditEvent>(AUDIT_FIELDS);
const KEPT_OF_KUBERNETES_EVENTS = keptOf<KubernetesEvent>(KUBERNETES_EVENT_FIELDS);

type Block = Record<string, unknown>;

/** Adds to blocks of evidence what an event has, as it may be shown. A text that is missing leaves its key out. */
const fill = <E extends Event>(blocks: Readonly<Record<string, Block>>, kept: readonly Kept<E>[], event: E): void => {
  for (const { field, block: name, key } of kept) {
    const block = blocks[name];
    if (block === undefined) continue;
    const value = field.read(event);
    const shown = shownValues(field, event);
    if (typeof value === 'number') block[key] = value;
    else if (shown.length > 0) block[key] = typeof value === 'object' ? shown : shown[0];
  }
};

/** EKS begins the name of each audit log stream so. Pieces are written without it, since DynamoDB bills each write by the item's size. */
const STREAM_PREFIX = 'kube-apiserver-audit-';

/** What a reader can restore is left out: the time, which the reference has, and what is empty or the same in all of a log. */
const evidenceOf = (event: Event, summary: string): Block => {
  const evidence: Block = { summary };
  const { cluster, logGroup } = event.origin;
  if (event.source === 'audit') {
    const actor: Block = {};
    const impersonated: Block = {};
    fill({ '': evidence, actor, impersonated }, KEPT_OF_AUDIT, event);
    if (event.impersonated !== undefined) actor['impersonated'] = impersonated;
    evidence['actor'] = actor;
    if (event.truncated) evidence['truncated'] = true;
  } else fill({ '': evidence }, KEPT_OF_KUBERNETES_EVENTS, event);
  const { logStream } = evidence;
  if (typeof logStream === 'string' && logStream.startsWith(STREAM_PREFIX)) {
    evidence['auditStream'] = logStream.slice(STREAM_PREFIX.length);
    delete evidence['logStream'];
  }
  if (logGroup && logGroup !== clusterLogGroup(cluster)) evidence['logGroup'] = clean(logGroup);
  return evidence;
};

/** A piece of evidence as an aggregate keeps it: the sighting's reference, its weight, and JSON. */
export const writeEvidence = (event: Event, ref: string, weight: string, summary: string): string =>
  `${ref} ${weight} ${JSON.stringify(evidenceOf(event, summary))}`;

export const refOfEvidence = (written: string): string => written.slice(0, written.indexOf(' '));

export const weightOfEvidence = (written: string): string => written.split(' ', 2)[1] ?? '';

export const readEvidence = (written: string): Evidence | undefined => {
  const parsed = parseJson(written.slice(written.indexOf(' {') + 1));
  if (!isObject(parsed)) return undefined;
  const { auditStream, actor, ...rest } = parsed;
  return {
    time: new Date(timeOfReference(refOfEvidence(written))).toISOString(),
    ...(typeof auditStream === 'string' && { logStream: STREAM_PREFIX + auditStream }),
    ...(isObject(actor) && { actor: restoredActor(actor) }),
    ...rest,
  } as unknown as Evidence;
};

const NOBODY = { user: '', groups: [] };

const restoredActor = ({ impersonated, ...actor }: JsonObject): object => ({
  ...NOBODY,
  ...actor,
  ...(isObject(impersonated) && { impersonated: { ...NOBODY, ...impersonated } }),
});

/** The kinds of which evidence keeps the value, each with the keys to it. */
const KINDS_IN_EVIDENCE: ReadonlyMap<string, readonly string[]> = new Map(
  [AUDIT_FIELDS, KUBERNETES_EVENT_FIELDS].flatMap((table: FieldTable<never>) =>
    Object.values(table).flatMap(({ observed, evidence }) =>
      observed === undefined || evidence === undefined ? [] : [[observed, evidence.split('.')] as const],
    ),
  ),
);

/** The observed values that a piece of evidence still has, for aggregates that keep none of their own. Lists are left out. */
export const observedInEvidence = (evidence: Evidence): readonly string[] =>
  [...KINDS_IN_EVIDENCE].flatMap(([kind, keys]) => {
    const value = at(evidence, ...keys);
    return value && typeof value !== 'object' ? [`${kind} ${value}`] : [];
  });

/** A field whose distinct values a finding lists, by what each is written with. */
interface Observed<E extends Event> {
  readonly field: Field<E>;
  readonly prefix: string;
}

const observedFields = <E extends Event>(table: FieldTable<E>): readonly Observed<E>[] =>
  Object.values(table).flatMap((field) =>
    field.observed === undefined ? [] : [{ field, prefix: `${field.observed} ` }],
  );

const OBSERVED_IN_AUDIT = observedFields<AuditEvent>(AUDIT_FIELDS);
const OBSERVED_IN_KUBERNETES_EVENTS = observedFields<KubernetesEvent>(KUBERNETES_EVENT_FIELDS);

const collect = <E extends Event>(fields: readonly Observed<E>[], event: E): readonly string[] => {
  const observed: string[] = [];
  for (const { field, prefix } of fields) {
    for (const text of shownValues(field, event)) observed.push(prefix + text);
  }
  return observed;
};

/** What distinct values a finding lists, by kind. Kinds are the plural nouns of the finding's `observed`. */
export const observedIn = (event: Event): readonly string[] =>
  event.source === 'audit' ? collect(OBSERVED_IN_AUDIT, event) : collect(OBSERVED_IN_KUBERNETES_EVENTS, event);
