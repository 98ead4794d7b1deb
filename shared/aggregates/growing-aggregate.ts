/** A case as one batch fills it: sighting by sighting, with no more kept than the case could ever show. */

import type { Sighting } from '../engine/engine.ts';
import type { Rule } from '../engine/rule.ts';
import { DAY } from '../primitives/time.ts';
import { worthAdding } from './additions.ts';
import { type Case, type CaseName, emptyCase } from './aggregate.ts';
import { writeEvidence } from './evidence.ts';
import { EvidenceSample, type Fact, FactSample } from './samples.ts';

/** References, as a multiple of the cap, at which those that the cap leaves out are let go. */
const CROWDED = 1.5;

export class GrowingCase {
  readonly #rule: Rule;
  readonly #name: CaseName;
  readonly #evidence: EvidenceSample;
  readonly #facts = new FactSample();
  readonly #weights = new Set<string>();
  #refs = new Set<string>();
  #slots = new Set<number>();

  constructor(rule: Rule, name: CaseName) {
    this.#rule = rule;
    this.#name = name;
    this.#evidence = new EvidenceSample(rule.grid);
  }

  /** @param facts what the event shows; the same for every detection that sights it */
  add(sighting: Sighting, facts: readonly Fact[]): void {
    const { ref, event, weight } = sighting;
    this.#refs.add(ref);
    if (this.#evidence.wants(ref)) this.#evidence.add(writeEvidence(event, ref, weight, sighting.summary));
    if (this.#rule.grid.kind === 'first-seen') this.#slots.add(Math.floor(event.time / DAY));
    else {
      for (const fact of facts) this.#facts.add(fact);
      this.#weights.add(weight);
    }
    this.#thin();
  }

  /** Takes in what another case of the same detection and period has. */
  absorb(other: GrowingCase): void {
    for (const ref of other.#refs) this.#refs.add(ref);
    for (const slot of other.#slots) this.#slots.add(slot);
    for (const weight of other.#weights) this.#weights.add(weight);
    for (const piece of other.#evidence.pieces()) this.#evidence.add(piece);
    for (const fact of other.#facts.facts()) this.#facts.add(fact);
    this.#thin();
  }

  toCase(): Case {
    return {
      ...emptyCase(this.#name),
      refs: this.#refs,
      slots: this.#slots,
      evidence: new Set(this.#evidence.pieces()),
      facts: new Set(this.#facts.facts().map(({ text }) => text)),
      weights: this.#weights,
    };
  }

  /** A flood's references are thinned by the same rules by which a store takes them, as if it had come in two batches. */
  #thin(): void {
    const { grid } = this.#rule;
    if (this.#refs.size <= grid.cap * CROWDED) return;
    const references: Case = { ...emptyCase(this.#name), refs: this.#refs, slots: this.#slots };
    const kept = worthAdding(grid, undefined, references);
    if (kept === undefined) return;
    this.#refs = new Set(kept.refs);
    this.#slots = new Set(kept.slots);
  }
}
