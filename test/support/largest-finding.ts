/** A finding in which everything is as long and as plentiful as the rest of the code lets it become. */

import type { Finding } from '../../shared/findings/finding.ts';
import type { AnyDetection } from '../../shared/sdk/detection.ts';

/** Three bytes of UTF-8 a character, the most that one UTF-16 unit takes. */
const WIDE = '€';

const long = (length: number, index = 0): string => `${index}${WIDE.repeat(length)}`.slice(0, length);

const KINDS = [
  'addresses',
  'codes',
  'groups',
  'hosts',
  'images',
  'messages',
  'objects',
  'principals',
  'reasons',
  'uris',
  'userAgents',
  'users',
  'verbs',
];

export const largestFinding = (detection: AnyDetection): Finding => {
  const groups = Array.from({ length: 10 }, (_, index) => long(128, index));
  const actor = {
    user: long(256),
    groups,
    arn: long(256),
    canonicalArn: long(256),
    sessionName: long(256),
    accessKeyId: long(256),
    serviceAccount: long(256),
    credentialId: long(256),
    boundPod: long(256),
    boundNode: long(256),
    impersonated: { user: long(256), groups },
  };
  const evidence = Array.from({ length: 10 }, (_, index) => ({
    time: '2026-03-02T10:15:00.000Z',
    summary: long(256, index),
    auditId: long(64, index),
    stage: long(256),
    verb: long(256),
    uri: `/${long(255)}`,
    code: 403,
    address: long(256, index),
    userAgent: long(256, index),
    object: `pods ${long(251)}`,
    reason: long(256),
    message: long(256),
    actor,
    logStream: long(256),
    truncated: true as const,
  }));
  return {
    id: `${detection.id}-AAAAAAAAAAAA`,
    detection: detection.id,
    title: detection.title,
    tactic: 'Discovery',
    techniques: detection.techniques,
    severity: 'critical',
    risk: 100,
    cluster: long(100),
    account: '111122223333',
    region: 'eu-west-1',
    summary: long(256),
    entities: Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`entity${index}`, long(264, index)])),
    count: '1000+',
    firstSeen: '2026-03-02T10:15:00.000Z',
    lastSeen: '2026-03-02T23:59:59.999Z',
    created: '2026-03-02T00:00:00.000Z',
    actor,
    source: { ip: long(256, 0), userAgents: Array.from({ length: 20 }, (_, index) => long(256, index)) },
    evidence,
    drilldown: long(2000),
    actorDrilldown: long(2000),
    observed: Object.fromEntries(
      KINDS.map((kind) => [kind, Array.from({ length: 20 }, (_, index) => long(256, index))]),
    ),
    impact: 100,
    confidence: 100,
    type: 'Anomaly',
    stories: detection.stories,
    version: 1,
  };
};
