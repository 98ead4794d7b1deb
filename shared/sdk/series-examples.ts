/** Builders of series of raw records, for the examples of detections that count. */
import type { JsonObject } from '../primitives/json.ts';
import type { Caller } from './caller-examples.ts';
import { call, type RequestParts } from './record-examples.ts';
import { series } from './request-examples.ts';

/**
 * So many requests of one caller, a minute apart: `calls(20, alice, (index) => `get secrets shop/secret-${index}`)`.
 *
 * @param line a request as `call` takes it, from its number
 * @param every milliseconds from one to the next; a minute by default
 */
export const calls = (
  count: number,
  by: Caller,
  line: (index: number) => string,
  parts: Partial<RequestParts> = {},
  every?: number,
): readonly JsonObject[] => series(count, (at, index) => call(by, line(index), { at, ...parts }), every);
