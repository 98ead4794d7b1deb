import { nameOf, principalOf } from '../../events/actor.ts';
import { HOUR } from '../../primitives/time.ts';
import { audit, human, pipeline } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'audit-id-reused',
  title: 'One audit id on several requests',
  description:
    'A client sent an Audit-ID header of its own making and used it again. Whatever tells records apart by their id alone takes such requests for one and loses all but the first. Ids of the shape that the API server makes are not looked at: a client that goes to that length is seen by what its requests do, since nothing here relies on the id.',
  tactic: 'defense-evasion',
  attack: ['T1562.008'],
  impact: 60,
  confidence: 60,
  type: 'TTP',
  falsePositives: 'A gateway in front of the API server that passes on ids of its own, one for each session.',
  triage: 'Read all requests with this id in the order of their time, not only the one that other tools show.',
  references: [
    'https://attack.mitre.org/techniques/T1562/008/',
    'https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/',
  ],
  answers: [],
  needs: 'header',
  on: { clientChosenId: true },
  options: {
    windowHours: [24, 'length of the sliding window, in hours'],
  },
  match: (event) => event.auditId !== '',
  state: { kind: 'threshold', limit: () => 1, window: (options) => options.windowHours * HOUR },
  entities: (event) => ({ auditId: event.auditId, principal: principalOf(event.actor) }),
  summary: (event) =>
    `${nameOf(event.actor, event.impersonated)} made several requests under the audit id ${event.auditId}`,
});

const reads = (count: number, auditId: string | undefined, by = human('mallory')) =>
  Array.from({ length: count }, (_, index) =>
    audit({
      verb: 'get',
      by,
      resource: 'secrets',
      namespace: 'default',
      name: `secret-${index}`,
      at: `2026-03-02T10:15:0${index}.000000Z`,
      ...(auditId && { auditId }),
    }),
  );

export const examples = () => ({
  fires: {
    'mallory made several requests under the audit id 1': reads(2, '1'),
    'alice made several requests under the audit id 00000000-0000-0000-0000-000000000000': reads(
      3,
      '00000000-0000-0000-0000-000000000000',
      human('alice'),
    ),
  },
  silent: {
    'ids that the API server made': reads(5, undefined, pipeline()),
    'one request in several stages': reads(1, 'trace-4711').flatMap((event) => [
      { ...event, stage: 'ResponseStarted' },
      { ...event, stage: 'ResponseComplete' },
    ]),
    'a gateway that gives each request an id of its own': [
      ...reads(1, 'gw-1', human('alice')),
      ...reads(1, 'gw-2', human('alice')),
    ],
  },
});
