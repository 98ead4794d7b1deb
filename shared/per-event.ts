/** What several detections ask of the same event is worked out once. */
import type { AuditEvent } from './event.ts';

/** The same function, with its answers remembered for as long as their events live. */
export const perEvent = <T extends object>(read: (event: AuditEvent) => T): ((event: AuditEvent) => T) => {
  const answers = new WeakMap<AuditEvent, T>();
  return (event) => {
    const known = answers.get(event);
    if (known !== undefined) return known;
    const answer = read(event);
    answers.set(event, answer);
    return answer;
  };
};
