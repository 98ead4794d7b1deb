/** Detections in their former shape. Goes when the last of them is rewritten. */
// biome-ignore-all lint/suspicious/noExplicitAny: the former shape is not typed here
import type { Actor, AuditEvent, AuditHeader, KubernetesEvent, Outcome } from '../events/event.ts';
import {
  ANY_OUTCOME,
  type AnyDetection,
  defineDetection,
  type Entities,
  type Options,
  type OptionValue,
  type Weight,
  type Widened,
} from './detection.ts';
import type { Tactic } from './mitre-attack.ts';

const LEVELS: Readonly<Record<string, string>> = {
  header: 'metadata',
  'header or body': 'any',
  body: 'request',
  'body or event': 'request',
};

export interface Inputs {
  header: AuditHeader;
  'header or body': AuditEvent;
  body: AuditEvent;
  event: KubernetesEvent;
  'body or event': AuditEvent | KubernetesEvent;
}
export type Needs = keyof Inputs;

export interface Selection {
  readonly verbs?: readonly string[];
  /** `pods`, `pods/exec`; `pods/*` for a resource with and without every subresource. */
  readonly resources?: readonly string[];
  readonly outcomes?: readonly Outcome[];
  readonly actor?: (actor: Actor, impersonated: Actor | undefined) => boolean;
  /** `options` are the rule's, for lists that are configured. */
  readonly client?: (userAgent: string, address: string, options: Options) => boolean;
  /** True for a detection that needs to know where the address is; asked only where a database places it. */
  readonly located?: true;
  /** Asked of the request's path and query as the API server logs it, for what verb, resource and caller don't tell. Pure as well. */
  readonly uri?: (uri: string, actor: Actor) => boolean;
  /** Further selections: an event that any of them takes in is looked at. They inherit nothing. */
  readonly or?: readonly Omit<Selection, 'or'>[];
  /** True for a detection that is about cut records only; it is asked about no other. */
  readonly truncated?: true;
  /** True for a detection that is only about requests whose audit id a client chose for certain. */
  readonly clientChosenId?: true;
}

type State<E, O, Item> =
  | { readonly kind: 'stateless' }
  | {
      readonly kind: 'threshold';
      readonly limit: (options: O) => number;
      readonly window: (options: O) => number;
      readonly distinct?: (event: E, options: O, item: Item) => string;
    }
  | { readonly kind: 'first-seen'; readonly lookback: (options: O) => number };

interface Former<N extends Needs, O extends Options, Item> {
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

type Draft<N extends Needs, O extends Options, Item> = Omit<
  Former<N, O, Item>,
  'version' | 'enabled' | 'options' | 'optionDocs' | 'stories' | 'tactic' | 'state'
> & {
  readonly version?: number;
  readonly enabled?: boolean;
  readonly stories?: readonly string[];
  readonly tactic: Tactic;
  readonly state?: State<Inputs[N], Widened<O>, Item>;
  readonly options?: { readonly [K in keyof O]: readonly [value: O[K], doc: string] };
};

export const defineLegacy = <
  const N extends Needs,
  O extends Options = Readonly<Record<never, OptionValue>>,
  Item = undefined,
>(
  typed: Draft<N, O, Item>,
): AnyDetection => {
  const draft: any = typed;
  const { needs, on, reasons, each, match, weight, state, entities, summary, attack, answers, ...rest } = draft;
  const { or = [], ...first } = on ?? {};
  const selections = needs === 'event' ? [] : [first, ...or];
  const readsEvents = needs === 'event' || needs === 'body or event';
  const nothing = Symbol('nothing');
  const item = (found: unknown) => (found === nothing ? undefined : found);
  return (defineDetection as any)({
    ...rest,
    techniques: attack,
    related: answers,
    audit: selections.map((selection: any) => ({
      outcomes: ANY_OUTCOME,
      ...selection,
      level: LEVELS[needs],
      dryRun: true,
    })),
    ...(readsEvents && { 'kubernetes-event': reasons === undefined ? {} : { reasons } }),
    find: (event: any, options: any) =>
      (each?.(event, options) ?? [nothing]).filter((one: any) => match(event, options, item(one))),
    ...(weight && { weight: (found: any, event: any, options: any) => weight(event, options, item(found)) }),
    ...(state && {
      window: {
        kind: state.kind,
        options:
          state.kind === 'threshold' && rest.options?.limit === undefined
            ? { limit: [state.limit({}), 'sightings within the window that open no finding; one more does'] }
            : {},
      },
    }),
    ...(state?.distinct && {
      distinct: (found: any, event: any, options: any) => state.distinct(event, options, item(found)),
    }),
    entities: (found: any, event: any, options: any) => entities(event, item(found), options),
    principal: false,
    summary: (found: any, event: any, options: any) => summary(event, item(found), options),
  });
};
