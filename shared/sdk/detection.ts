/** The shape of a detection: a value that says what is looked for, in which events, what it is about, and how to explain it. */

import type { Actor, AuditEvent, AuditHeader, ClusterEvent, Outcome } from '../events/event.ts';
import type { Tactic } from './mitre-attack.ts';
import type { State } from './windows.ts';

/**
 * What a detection reads. `header`: no bodies, so it works on truncated and Metadata-level records and is never slowed by them;
 * `header or body`: works on those too, and says more where there is a body.
 */
export interface Inputs {
  header: AuditHeader;
  'header or body': AuditEvent;
  body: AuditEvent;
  event: ClusterEvent;
  'body or event': AuditEvent | ClusterEvent;
}
export type Needs = keyof Inputs;

/**
 * Which audit events a detection looks at. The engine indexes by these; an absent list means any. `actor` and `client` must be pure:
 * their answer is remembered for every further request of the same caller.
 */
export interface Selection {
  readonly verbs?: readonly string[];
  /** `pods`, `pods/exec`; `pods/*` for a resource with and without every subresource. */
  readonly resources?: readonly string[];
  readonly outcomes?: readonly Outcome[];
  readonly actor?: (actor: Actor, impersonated: Actor | undefined) => boolean;
  /** `options` are the rule's, for lists that are configured. */
  readonly client?: (userAgent: string, address: string, options: Options) => boolean;
  /** True for a detection that needs to know where the address is; asked only where a database places it. */
  readonly placed?: true;
  /** Asked of the request's path and query as the API server logs it, for what verb, resource and caller don't tell. Pure as well. */
  readonly uri?: (uri: string, actor: Actor) => boolean;
  /** Further selections: an event that any of them takes in is looked at. They inherit nothing. */
  readonly or?: readonly Omit<Selection, 'or'>[];
  /** True for a detection that is about cut records only; it is asked about no other. */
  readonly truncated?: true;
  /** True for a detection that is only about requests whose audit id a client chose for certain. */
  readonly clientChosenId?: true;
}

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

export interface Detection<N extends Needs = Needs, O extends Options = Options, Item = unknown> {
  /** File name, configuration key, and the end of ASFF's GeneratorId. */
  readonly id: string;
  /** Grows when the same events would give other findings. */
  readonly version: number;
  readonly title: string;
  readonly description: string;
  readonly tactic: Tactic;
  /** ATT&CK technique ids, the most telling first. */
  readonly attack: readonly string[];
  /** How bad it is if true, 0 to 100. Risk = impact × confidence / 100. */
  readonly impact: number;
  /** How likely it is true, 0 to 100. */
  readonly confidence: number;
  /** TTP: the behaviour itself is bad; Anomaly: unusual for this cluster; Hunting: worth a look, not an alert. */
  readonly type: 'TTP' | 'Anomaly' | 'Hunting';
  readonly stories: readonly string[];
  readonly falsePositives: string;
  /** What to look at first, as a sentence or two. */
  readonly triage: string;
  readonly references: readonly string[];
  /** Rules of other systems that this one replaces: `system:rule name or id`. */
  readonly answers: readonly string[];
  /** False for what most clusters do all day; such a detection is switched on in the configuration. */
  readonly enabled: boolean;
  readonly needs: N;
  readonly on: Selection;
  /** Reasons of Kubernetes Events that it looks at, for `needs: 'event'` and `'body or event'`. */
  readonly reasons?: readonly string[];
  /** Tunables with their defaults. */
  readonly options: O;
  /** One line for each option: what it does, and its unit. */
  readonly optionDocs: { readonly [K in keyof O]: string };
  /** The things within one event that are judged one by one, such as its images; one nameless thing unless told. */
  readonly each?: (event: Inputs[N], options: Widened<O>) => readonly Item[];
  readonly match: (event: Inputs[N], options: Widened<O>, item: Item) => boolean;
  readonly weight?: (event: Inputs[N], options: Widened<O>, item: Item) => Weight;
  readonly state: State<Inputs[N], Widened<O>, Item>;
  readonly entities: (event: Inputs[N], item: Item, options: Widened<O>) => Entities;
  /**
   * For first-seen: the entities follow from the caller alone (`actor`, `impersonated`, `address`, `userAgent`), whatever the
   * request is. Then further requests of a caller whose presence is known are passed by unread.
   */
  readonly about?: 'caller';
  /** One line without a full stop that says who did what, for the finding's first sighting. */
  readonly summary: (event: Inputs[N], item: Item, options: Widened<O>) => string;
}

/** What an author writes: everything of a detection but what has a sensible default. */
type Draft<N extends Needs, O extends Options, Item> = Omit<
  Detection<N, O, Item>,
  'version' | 'enabled' | 'options' | 'optionDocs' | 'stories' | 'tactic' | 'state'
> & {
  readonly version?: number;
  readonly enabled?: boolean;
  readonly stories?: readonly string[];
  readonly tactic: Tactic;
  readonly state?: State<Inputs[N], Widened<O>, Item>;
  readonly options?: { readonly [K in keyof O]: readonly [value: O[K], doc: string] };
};

/** Fills in the defaults. An option is written as `[default, 'what it does, and its unit']`. */
export const defineDetection = <
  const N extends Needs,
  O extends Options = Readonly<Record<never, OptionValue>>,
  Item = undefined,
>(
  draft: Draft<N, O, Item>,
): Detection<N, O, Item> => {
  const options = Object.entries(draft.options ?? {}) as [string, readonly [OptionValue, string]][];
  return {
    version: 1,
    enabled: true,
    stories: ['Kubernetes Security'],
    state: { kind: 'stateless' },
    ...draft,
    options: Object.fromEntries(options.map(([name, [value]]) => [name, value])) as O,
    optionDocs: Object.fromEntries(options.map(([name, [, doc]]) => [name, doc])) as Detection<
      N,
      O,
      Item
    >['optionDocs'],
  };
};

/** A detection whose type parameters no longer matter: what the catalogue, the engine and the documentation hold. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters stand in contravariant places, where only `any` takes every detection
export type AnyDetection = Detection<any, any, any>;

/** Raw records that prove a detection: the key under `fires` is the summary that must come out, under `silent` the reason. */
export interface Examples {
  readonly fires: Readonly<Record<string, unknown>>;
  readonly silent: Readonly<Record<string, unknown>>;
}

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
