/** The shape of a detection: a value that says what it looks at, what it finds there, what that is about, and how to explain it. */

import type { Actor, AuditEvent, AuditHeader, KubernetesEvent, Outcome } from '../events/event.ts';
import type { Tactic } from './mitre-attack.ts';
import { STATELESS, type Window } from './windows.ts';

/**
 * How much of an audit record a selection reads, by the levels of an audit policy. `metadata`: no bodies, so it also reads records that
 * were cut; `request`: a record without a body or a cut one tells it nothing; `any`: it reads all of them and says more where there
 * is a body.
 */
export type AuditLevel = 'metadata' | 'request' | 'any';

/**
 * Which audit events a detection looks at. The engine indexes by these; an absent list means any. `actor`, `client` and `uri` must be
 * pure: their answer is remembered for every further request of the same caller.
 */
export interface AuditSelection {
  readonly level: AuditLevel;
  readonly verbs?: readonly string[];
  /** `pods`, `pods/exec`; `pods/*` for a resource with and without every subresource. */
  readonly resources?: readonly string[];
  /** Default: what succeeded, and what was denied when the detection says what a denied attempt weighs. */
  readonly outcomes?: readonly Outcome[];
  readonly actor?: (actor: Actor, impersonated: Actor | undefined) => boolean;
  /** `options` are the rule's, for lists that are configured. */
  readonly client?: (userAgent: string, address: string, options: Options) => boolean;
  /** True for a detection that needs to know where the address is; asked only where a database places it. */
  readonly located?: true;
  /** Asked of the request's path and query as the API server logs it, for what verb, resource and caller don't tell. */
  readonly uri?: (uri: string, actor: Actor) => boolean;
  /** True to see dry runs as well; they change nothing and are left out by default. */
  readonly dryRun?: true;
  /** True for a detection that is about cut records only; it is asked about no other. */
  readonly truncated?: true;
  /** True for a detection that is only about requests whose audit id a client chose for certain. */
  readonly clientChosenId?: true;
}

/** Which Kubernetes Events a detection looks at. */
export interface KubernetesEventSelection {
  /** Default: any. */
  readonly reasons?: readonly string[];
}

type OneOrMore<T> = T | readonly T[];

/** The audit event that functions get: with bodies unless every selection reads metadata only. */
type AuditOf<A> = (A extends readonly (infer S)[] ? S : A) extends { readonly level: 'metadata' }
  ? AuditHeader
  : AuditEvent;

/** The event that a detection's functions get, by the sources that it looks at. */
export type EventOf<A, K> =
  | ([A] extends [never] ? never : AuditOf<A>)
  | ([K] extends [never] ? never : KubernetesEvent);

export type OptionValue = boolean | number | string | readonly string[];
export type Options = Readonly<Record<string, OptionValue>>;

/** Widens literal defaults (`limit: 5` is a number), so that a configured value has the type of its default. */
export type Widened<O> = {
  readonly [K in keyof O]: O[K] extends boolean
    ? boolean
    : O[K] extends number
      ? number
      : O[K] extends string
        ? string
        : O[K] extends readonly string[]
          ? readonly string[]
          : never;
};

/** What a finding is about: its identity, and the resources of an ASFF finding. A name of two words in camelCase reads best. */
export type Entities = Readonly<Record<string, string>>;

/** Impact and confidence of one sighting, where it differs from the detection's own. 0 to 100 each. */
export interface Weight {
  readonly impact?: number;
  readonly confidence?: number;
}

export interface Detection<E = unknown, O extends Options = Options, F = unknown> {
  /** File name, configuration key, and the end of ASFF's GeneratorId. */
  readonly id: string;
  /** Grows when the same events would give other findings. */
  readonly version: number;
  readonly title: string;
  readonly description: string;
  readonly tactic: Tactic;
  /** ATT&CK technique ids, the most telling first. */
  readonly techniques: readonly string[];
  /** How bad it is if true, 0 to 100. Risk = impact × confidence / 100. */
  readonly impact: number;
  /** How likely it is true, 0 to 100. */
  readonly confidence: number;
  /** What a denied attempt weighs at most; without it denied attempts do not count. */
  readonly denied?: Weight;
  /** TTP: the behaviour itself is bad; Anomaly: unusual for this cluster; Hunting: worth a look, not an alert. */
  readonly type: 'TTP' | 'Anomaly' | 'Hunting';
  readonly stories: readonly string[];
  readonly falsePositives: string;
  /** What to look at first and how to contain it, as a sentence or two. */
  readonly triage: string;
  readonly references: readonly string[];
  /** Rules of other systems that this one replaces: `system:rule name or id`. */
  readonly related: readonly string[];
  /** False for what most clusters do all day; such a detection is switched on in the configuration. */
  readonly enabled: boolean;
  /** An event that any of them takes in is looked at; empty for a detection that reads no audit log. */
  readonly audit: readonly AuditSelection[];
  readonly 'kubernetes-event'?: KubernetesEventSelection;
  /** Tunables with their defaults, those of the window among them. */
  readonly options: O;
  /** One line for each option: what it does, and its unit. */
  readonly optionDocs: { readonly [K in keyof O]: string };
  /** What is there in an event: nothing, one thing, or a list of things that are judged one by one, such as images. */
  readonly find: (event: E, options: Widened<O>) => F | false | undefined | readonly F[];
  readonly weight?: (found: F, event: E, options: Widened<O>) => Weight;
  readonly window: Window;
  /** For a threshold: counts distinct values of this instead of sightings. */
  readonly distinct?: (found: F, event: E, options: Widened<O>) => string;
  /** The identity of a finding: the same entities in the same period are the same finding. */
  readonly entities: (found: F, event: E, options: Widened<O>) => Entities;
  /** Whether the principal is one of the entities. */
  readonly principal: boolean;
  /**
   * For first-seen: the entities follow from the caller alone (`actor`, `impersonated`, `address`, `userAgent`), whatever the
   * request is. Then further requests of a caller whose presence is known are passed by unread.
   */
  readonly about?: 'caller';
  /** One line without a full stop that says who did what, for the finding's first sighting. */
  readonly summary: (found: F, event: E, options: Widened<O>) => string;
}

/** What an author writes: everything of a detection but what has a sensible default. */
interface Draft<A, K, O extends Options, F>
  extends Pick<
    Detection,
    'id' | 'title' | 'description' | 'tactic' | 'techniques' | 'impact' | 'confidence' | 'denied' | 'type'
  > {
  /** Default: 1. */
  readonly version?: number;
  /** Default: Kubernetes Security. */
  readonly stories?: readonly string[];
  readonly falsePositives: string;
  readonly triage: string;
  readonly references: readonly string[];
  readonly related: readonly string[];
  /** Default: true. */
  readonly enabled?: boolean;
  readonly audit?: A;
  readonly 'kubernetes-event'?: K;
  /** An option is written as `[default, 'what it does, and its unit']`. */
  readonly options?: { readonly [N in keyof O]: readonly [value: O[N], doc: string] };
  /** Default: whatever is selected is found, as `true`. */
  readonly find?: (event: EventOf<A, K>, options: Widened<O>) => F | false | undefined | readonly F[];
  readonly weight?: (found: F, event: EventOf<A, K>, options: Widened<O>) => Weight;
  /** Default: one sighting is enough, and a finding gathers those of a day. */
  readonly window?: Window;
  /** For a threshold: counts distinct values of this instead of sightings. */
  readonly distinct?: (found: F, event: EventOf<A, K>, options: Widened<O>) => string;
  readonly entities?: (found: F, event: EventOf<A, K>, options: Widened<O>) => Entities;
  /** Default: true, where the event has a principal. */
  readonly principal?: false;
  readonly about?: 'caller';
  readonly summary: (found: F, event: EventOf<A, K>, options: Widened<O>) => string;
}

const DONE: readonly Outcome[] = ['succeeded'];
const DONE_OR_DENIED: readonly Outcome[] = ['succeeded', 'denied'];

/** Every outcome, for detections that look at what failed or is under way, too. */
export const ANY_OUTCOME: readonly Outcome[] = ['started', 'succeeded', 'denied', 'failed'];

/** Fills in the defaults. */
export const defineDetection = <
  const A extends OneOrMore<AuditSelection> = never,
  const K extends KubernetesEventSelection = never,
  O extends Options = Readonly<Record<never, OptionValue>>,
  F = true,
>(
  draft: Draft<A, K, O, F>,
): Detection<EventOf<A, K>, O, F> => {
  const { audit = [], window = STATELESS } = draft;
  const options = Object.entries({ ...window.options, ...draft.options }) as [string, readonly [OptionValue, string]][];
  const outcomes = draft.denied === undefined ? DONE : DONE_OR_DENIED;
  return {
    version: 1,
    enabled: true,
    stories: ['Kubernetes Security'],
    principal: true,
    find: () => true as F,
    entities: () => ({}),
    ...draft,
    audit: [audit].flat().map((selection) => ({ outcomes, ...(selection as AuditSelection) })),
    window,
    options: Object.fromEntries(options.map(([name, [value]]) => [name, value])) as O,
    optionDocs: Object.fromEntries(options.map(([name, [, doc]]) => [name, doc])) as { [N in keyof O]: string },
  } as unknown as Detection<EventOf<A, K>, O, F>;
};

/** A detection whose type parameters no longer matter: what the catalogue, the engine and the documentation hold. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters are in contravariant places, where only `any` takes every detection
export type AnyDetection = Detection<any, any, any>;

/** Impact × confidence / 100, rounded. */
export const riskOf = (impact: number, confidence: number): number => Math.round((impact * confidence) / 100);

export const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Risk at which each severity begins. */
const SEVERITY_FROM: Readonly<Record<Severity, number>> = {
  informational: 0,
  low: 20,
  medium: 40,
  high: 60,
  critical: 80,
};

export const severityOf = (risk: number): Severity =>
  [...SEVERITIES].reverse().find((severity) => risk >= SEVERITY_FROM[severity]) ?? 'informational';
