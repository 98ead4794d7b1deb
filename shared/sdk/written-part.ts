/** What of an object a request writes. */
import type { AuditEvent } from '../events/event.ts';
import type { JsonObject } from '../primitives/json.ts';

/**
 * Of a patch only the changed part, so that what the object has held all along is no news. A JSON patch that copies is judged by the
 * object that it made.
 */
export const writtenOf = (event: AuditEvent): JsonObject | undefined =>
  event.verb === 'patch' && event.requestObject !== undefined ? event.requestObject : event.body;
