/** A stream of raw records that opens findings of every kind, around the borders where order could matter. */

import { DAY, HOUR, MINUTE } from '../../shared/primitives/time.ts';
import { anonymous, audit, createPod, human, nobody, pod } from '../../shared/sdk/examples.ts';

/** Midnight, UTC, in the middle of the stream. */
export const MIDNIGHT = Date.UTC(2026, 2, 3);

const at = (time: number): string => new Date(time).toISOString();

const probe = (time: number, by = nobody(), code = 401) => [
  audit({ verb: 'get', by, code, uri: `/api/v1/secrets?t=${time}`, resource: 'secrets', at: at(time) }),
  audit({
    verb: 'get',
    by,
    code,
    uri: `/api/v1/secrets?t=${time}`,
    resource: 'secrets',
    at: at(time),
    stage: 'ResponseComplete',
  }),
];

const probes = (from: number, count: number, apart: number, by = nobody(), code = 401) =>
  Array.from({ length: count }, (_, index) => probe(from + index * apart, by, code)).flat();

const run = (time: number, image: string, name = 'web') =>
  createPod(human(), pod({ containers: [{ name: 'main', image }] }, { name }), { at: at(time) });

/**
 * Four bursts: one across midnight, one below the limit on each side of it, one too slow, one that goes on for hours; images that
 * come back after 29, 31 and 62 days; pods on the host network, one of them on two days.
 */
export const recordedStream = (): readonly object[] => [
  ...probes(MIDNIGHT - 20 * MINUTE, 16, 3 * MINUTE, nobody('203.0.113.1')),
  ...probes(MIDNIGHT - 4 * MINUTE, 8, MINUTE, anonymous('203.0.113.2'), 403),
  ...probes(MIDNIGHT - 6 * HOUR, 30, 15 * MINUTE, nobody('203.0.113.3')),
  ...probes(MIDNIGHT - 3 * HOUR, 40, 10 * MINUTE, nobody('203.0.113.4')),
  ...[0, 29, 60, 122].map((days) => run(MIDNIGHT - 90 * DAY + days * DAY, 'example/returns:1')),
  ...[-50, -10, 20, 50, 100].map((minutes) => run(MIDNIGHT + minutes * MINUTE, 'example/midnight:1', `web${minutes}`)),
  ...[-1, 1, 2].map((minutes) =>
    createPod(human('bob'), pod({ hostNetwork: true }), {
      at: at(MIDNIGHT + minutes * MINUTE),
      auditId: 'chosen-by-the-client',
    }),
  ),
];
