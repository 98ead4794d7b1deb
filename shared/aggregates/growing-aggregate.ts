/** An aggregate as one batch fills it: sighting by sighting, with no more kept than the aggregate could ever show. */

import type { Sighting } from '../engine/engine.ts';
import type { Rule } from '../engine/rule.ts';
import { DAY } from '../primitives/time.ts';
import { worthAdding } from './additions.ts';
import { type Aggregate, type AggregateName, emptyAggregate } from './aggregate.ts';
import { writeEvidence } from './evidence.ts';
import { EvidenceSample, ObservedSample, type ObservedValue } from './samples.ts';

/** References, as a multiple of the cap, at which those that the cap leaves out are let go. */
const CROWDED = 1.5;

export class GrowingAggregate {
  readonly #rule: Rule;
  readonly #name: AggregateName;
  readonly #evidence: EvidenceSample;
  readonly #observed = new ObservedSample();
  readonly #weights = new Set<string>();
  #refs = new Set<string>();
  #buckets = new Set<number>();

  constructor(rule: Rule, name: AggregateName) {
    this.#rule = rule;
    this.#name = name;
    this.#evidence = new EvidenceSample(rule.windowing);
  }

  /** @param observed what the event shows; the same for every detection that sights it */
  add(sighting: Sighting, observed: readonly ObservedValue[]): void {
    const { ref, event, weight } = sighting;
    this.#refs.add(ref);
    if (this.#evidence.wants(ref)) this.#evidence.add(writeEvidence(event, ref, weight, sighting.summary));
    if (this.#rule.windowing.kind === 'first-seen') this.#buckets.add(Math.floor(event.time / DAY));
    else {
      for (const fact of observed) this.#observed.add(fact);
      this.#weights.add(weight);
    }
    this.#thin();
  }

  /** Takes in what another aggregate of the same detection and period has. */
  absorb(other: GrowingAggregate): void {
    for (const ref of other.#refs) this.#refs.add(ref);
    for (const bucket of other.#buckets) this.#buckets.add(bucket);
    for (const weight of other.#weights) this.#weights.add(weight);
    for (const piece of other.#evidence.pieces()) this.#evidence.add(piece);
    for (const fact of other.#observed.observed()) this.#observed.add(fact);
    this.#thin();
  }

  toAggregate(): Aggregate {
    return {
      ...emptyAggregate(this.#name),
      refs: this.#refs,
      buckets: this.#buckets,
      evidence: new Set(this.#evidence.pieces()),
      observed: new Set(this.#observed.observed().map(({ text }) => text)),
      weights: this.#weights,
    };
  }

  /** A flood's references are thinned by the same rules by which a store takes them, as if it had come in two batches. */
  #thin(): void {
    const { windowing } = this.#rule;
    if (this.#refs.size <= windowing.cap * CROWDED) return;
    const references: Aggregate = { ...emptyAggregate(this.#name), refs: this.#refs, buckets: this.#buckets };
    const kept = worthAdding(windowing, undefined, references);
    if (kept === undefined) return;
    this.#refs = new Set(kept.refs);
    this.#buckets = new Set(kept.buckets);
  }
}
