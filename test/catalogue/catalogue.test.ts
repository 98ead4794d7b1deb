import { describe, expect, it } from 'vitest';
import { ANSWER } from '../../docs/generate/coverage-matrix.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { ruleOf } from '../../shared/engine/rule.ts';
import { HOUR } from '../../shared/primitives/time.ts';
import type { AnyDetection } from '../../shared/sdk/detection.ts';
import { TACTICS, TECHNIQUES } from '../../shared/sdk/mitre-attack.ts';
import { CAP } from '../../shared/sdk/windows.ts';

const textsOf = ({ title, description, falsePositives, triage, optionDocs }: AnyDetection): readonly string[] => [
  title,
  description,
  falsePositives,
  triage,
  ...(Object.values(optionDocs) as string[]),
];

describe('the catalogue', () => {
  it('has each id once', () => {
    const ids = DETECTIONS.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('has each title and each description once', () => {
    const texts = DETECTIONS.flatMap(({ title, description }) => [title, description]);
    expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([]);
  });

  it('names techniques that are used, and uses techniques that are named', () => {
    const used = new Set(DETECTIONS.flatMap(({ techniques }) => techniques));
    expect([...used].filter((id) => !(id in TECHNIQUES))).toEqual([]);
    expect(Object.keys(TECHNIQUES).filter((id) => !used.has(id))).toEqual([]);
  });
});

describe.each(DETECTIONS)('$id', (detection) => {
  it('is named in kebab-case and filed under a tactic', () => {
    expect(detection.id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    expect(TACTICS).toHaveProperty(detection.tactic);
  });

  it('has texts that a person can use', () => {
    for (const text of textsOf(detection)) {
      expect(text).not.toMatch(/TODO|\bfoo\b|lorem/i);
      expect(text.length).toBeGreaterThan(8);
    }
    expect(detection.title).not.toMatch(/[.!]$/);
    for (const text of [detection.description, detection.falsePositives, detection.triage])
      expect(text).toMatch(/[.]$/);
  });

  it('is weighed between 0 and 100', () => {
    for (const weight of [detection.impact, detection.confidence]) {
      expect(weight).toBeGreaterThan(0);
      expect(weight).toBeLessThanOrEqual(100);
    }
  });

  it('has only techniques that ATT&CK lists under its tactic', () => {
    const others = detection.techniques.filter((id) => !TECHNIQUES[id]?.tactics.includes(detection.tactic));
    expect(others).toEqual([]);
  });

  it('has a technique and a reference that can be looked up', () => {
    expect(detection.techniques.length).toBeGreaterThan(0);
    expect(detection.references.length).toBeGreaterThan(0);
    for (const url of detection.references) expect(new URL(url).protocol).toBe('https:');
  });

  it('answers rules by the name of their system', () => {
    for (const answer of detection.related) expect(answer).toMatch(ANSWER);
  });

  it('documents each option', () => {
    expect(Object.keys(detection.optionDocs)).toEqual(Object.keys(detection.options));
  });

  it('says what it selects when it reads bodies', () => {
    const { audit, 'kubernetes-event': events } = detection;
    for (const { verbs, resources } of audit.filter(({ level }) => level === 'request')) {
      expect(verbs?.length).toBeGreaterThan(0);
      expect(resources?.length).toBeGreaterThan(0);
    }
    if (events !== undefined) expect(events.reasons?.length).toBeGreaterThan(0);
  });

  it('can’t fill a case without exceeding its limit', () => {
    const { windowing } = ruleOf(detection);
    if (windowing.kind !== 'threshold') return;
    expect(windowing.window).toBeGreaterThan(0);
    expect(windowing.period).toBeGreaterThanOrEqual(Math.max(HOUR, 2 * windowing.window));
    expect(windowing.cap).toBeGreaterThanOrEqual(CAP);
    expect(windowing.cap).toBeLessThanOrEqual(5 * CAP);
  });
});
