/** Short unique names: of sightings, of aggregates, of findings. */
import { hash } from 'node:crypto';

/** Characters of a digest that are kept: 72 bits, so that a collision within one millisecond takes 2^36 requests. */
const DIGEST_LENGTH = 12;

/** Digits of a base-36 millisecond timestamp; nine reach the year 5188, and a fixed width makes references sort by time. */
const TIME_WIDTH = 9;

/** A digest of parts; parts can't run into each other, whatever they contain. */
export const digest = (...parts: readonly string[]): string =>
  hash('sha256', JSON.stringify(parts), 'base64url').slice(0, DIGEST_LENGTH);

/**
 * The reference of a sighting: its time in milliseconds since the epoch, then a digest of what makes it one of a kind. References
 * sort by time, and `timeOfReference` reads it back.
 */
export const reference = (time: number, ...parts: readonly string[]): string =>
  Math.min(Math.max(0, Math.trunc(time)), 36 ** TIME_WIDTH - 1)
    .toString(36)
    .padStart(TIME_WIDTH, '0') + digest(...parts);

export const timeOfReference = (ref: string): number => Number.parseInt(ref.slice(0, TIME_WIDTH), 36);

/** The part of a reference after its time. */
export const digestOfReference = (ref: string): string => ref.slice(TIME_WIDTH);
