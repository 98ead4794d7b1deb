/** Keeps an event below the size at which the bus or a queue refuses it: what matters least goes first. */
import type { DetectionFinding } from './event.ts';

/** Bytes of UTF-8. EventBridge and SQS refuse entries of 256 KB and more; the envelope of an event takes some. */
export const GREATEST_SIZE = 200_000;

export const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** One step that makes an event smaller, or undefined when there is nothing left for it to take. */
type Step = (event: DetectionFinding) => DetectionFinding | undefined;

const fewerTraits: Step = (event) => {
  const { traits } = event.finding_info;
  if (traits.every(({ values }) => values.length <= 1)) return undefined;
  const halved = traits.map(({ name, values }) => ({ name, values: values.slice(0, Math.ceil(values.length / 2)) }));
  return { ...event, finding_info: { ...event.finding_info, traits: halved } };
};

const fewerEvidences: Step = (event) =>
  event.evidences.length <= 1 ? undefined : { ...event, evidences: event.evidences.slice(0, -1) };

const fewerObservables: Step = (event) => (event.observables.length === 0 ? undefined : { ...event, observables: [] });

const fewerNews: Step = (event) =>
  event.unmapped.changes.length <= 1
    ? undefined
    : { ...event, unmapped: { ...event.unmapped, changes: event.unmapped.changes.slice(0, 1) } };

const STEPS: readonly Step[] = [fewerTraits, fewerEvidences, fewerObservables, fewerNews];

/** The event itself when it is small enough, else as much of it as fits, and a note of its whole size. */
export const limitedSize = (event: DetectionFinding, greatest = GREATEST_SIZE): DetectionFinding => {
  const whole = sizeOf(event);
  if (whole <= greatest) return event;
  let smaller: DetectionFinding = {
    ...event,
    metadata: { ...event.metadata, is_truncated: true, untruncated_size: whole },
  };
  for (const step of STEPS) {
    for (let next = step(smaller); next !== undefined && sizeOf(smaller) > greatest; next = step(smaller))
      smaller = next;
  }
  return smaller;
};
