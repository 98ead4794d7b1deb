/** What detections see: audit events and Kubernetes Event objects, normalised. */

import type { ImageReference } from '../kubernetes/image.ts';
import type { ObjectReference } from '../kubernetes/request-uri.ts';
import type { PodSpec, Workload } from '../kubernetes/workload.ts';
import type { Json, JsonObject } from '../primitives/json.ts';

/** What tells one cluster from all others: the same name may be in use in every account and Region. */
export interface ClusterIdentity {
  readonly cluster: string;
  /** Absent, like the Region, for a file that does not say. */
  readonly account?: string;
  readonly region?: string;
}

/** The same as one text. None of the three can hold a slash. */
export const clusterKey = ({ cluster, account = '', region = '' }: ClusterIdentity): string =>
  `${account}/${region}/${cluster}`;

/** Where a record came from. Only `cluster` is always known: a file names no account and no log stream. */
export interface Origin extends ClusterIdentity {
  readonly logGroup?: string;
  readonly logStream?: string;
  /** Places an address on the map; absent where no database is at hand. */
  readonly locate?: Geolocator;
}

/** Where an address is, as far as a database knows. */
export interface GeoLocation {
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  readonly city?: string;
}
export type Geolocator = (address: string) => GeoLocation | undefined;

/**
 * How a request ended. `started`: only its arrival is known (stage RequestReceived, or no status at all);
 * `succeeded`: code below 400, at ResponseStarted or ResponseComplete; `denied`: 401 or 403; `failed`: everything else.
 */
export type Outcome = 'started' | 'succeeded' | 'denied' | 'failed';

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** Who made a request, as the API server authenticated it. Every text is the API server's word but `user` of a webhook. */
export interface Actor {
  /** Empty on a 401: the API server never learned a name. */
  readonly user: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  /** IAM caller: the session that signed, e.g. `arn:aws:sts::111122223333:assumed-role/dev/alice`. */
  readonly arn?: string;
  /** IAM caller: the role or user of the session. */
  readonly canonicalArn?: string;
  readonly sessionName?: string;
  readonly accessKeyId?: string;
  readonly serviceAccount?: ServiceAccount;
  /** Node name, of a kubelet's identity. */
  readonly node?: string;
  /** The id (`JTI=…`) of the service-account token that was used. */
  readonly credentialId?: string;
  /** The id of the service-account token that this request issued (TokenRequest). */
  readonly issuedCredentialId?: string;
  /** The pod and node that the service-account token is bound to. */
  readonly boundPod?: string;
  readonly boundNode?: string;
  /** What the client calls itself. It may say anything, so it only ever takes trust away. Absent for an impersonated user. */
  readonly userAgent?: string;
}

/** An audit event without its bodies: what every record tells, truncated ones included. */
export interface AuditHeader {
  readonly source: 'audit';
  readonly origin: Origin;
  /** Names the request (not the record): see `sightingReference`. */
  readonly ref: string;
  /** Milliseconds since the epoch at which the API server received the request. */
  readonly time: number;
  readonly auditId: string;
  readonly level: string;
  readonly stage: string;
  readonly verb: string;
  /** The path, percent-decoded once, without the query. */
  readonly path: string;
  /** Query parameters, decoded; a repeated parameter keeps every value in order. */
  readonly query: ReadonlyMap<string, readonly string[]>;
  readonly uri: string;
  readonly outcome: Outcome;
  /** HTTP status; 0 when the record has none. */
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly actor: Actor;
  /** Set when the request was made in another's name: `actor` asked, `impersonated` was acted as. */
  readonly impersonated?: Actor;
  /** All source addresses, in order: the client can choose all but the last. */
  readonly sourceIPs: readonly string[];
  /** The last source address, the only one that the client can't choose; empty when the record has none. */
  readonly address: string;
  /** Where `address` is; undefined for a private address, and where no database is at hand. */
  readonly location: GeoLocation | undefined;
  readonly userAgent: string;
  readonly object: ObjectReference;
  readonly annotations: Readonly<Record<string, string>>;
  /** True for a record that CloudWatch or the API server cut short; such an event never has a body. */
  readonly truncated: boolean;
  /** True for a dry run, which changed nothing; see dry-run.ts. */
  readonly dryRun: boolean;
}

/** An audit event with its bodies. Everything derived from them is computed on first use. */
export interface AuditEvent extends AuditHeader {
  readonly requestObject: JsonObject | undefined;
  /** Operations of a JSON patch, of which `requestObject` shows what they set; empty for any other request. */
  readonly jsonPatch: readonly Json[];
  readonly responseObject: JsonObject | undefined;
  /** The object as the API server stored it when it says so, else as it was asked for (a patch: only the changed part). */
  readonly body: JsonObject | undefined;
  /** What the request itself asked for: for a patch only the part that it changes, when `workload` is the whole. */
  readonly asked: Workload | undefined;
  /** The pod, or the workload with its pod template, that this request writes; undefined for everything else. */
  readonly workload: Workload | undefined;
  readonly spec: PodSpec | undefined;
  readonly images: readonly ImageReference[];
}

/** A Kubernetes Event object (`kubectl get events`), shipped by an agent to a log group of its own. */
export interface KubernetesEvent {
  readonly source: 'kubernetes-event';
  readonly origin: Origin;
  readonly ref: string;
  readonly time: number;
  readonly reason: string;
  readonly message: string;
  readonly type: string;
  /** Number of times that the cluster saw it. */
  readonly count: number;
  /** The component and node that reported it. */
  readonly component: string;
  readonly host: string;
  readonly involved: { readonly kind: string; readonly namespace: string; readonly name: string };
  /** The image that a "Pulling image" or "Successfully pulled image" message names. */
  readonly images: readonly ImageReference[];
}

export type Event = AuditEvent | KubernetesEvent;
