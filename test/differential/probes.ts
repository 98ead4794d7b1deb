/** Rules that look at events from every side, so that no difference between two paths stays unseen for want of a detection. */

import { ruleOf } from '../../shared/engine/rule.ts';
import { ANY_OUTCOME, type AnyDetection, type AuditSelection, defineDetection } from '../../shared/sdk/detection.ts';

type Selection = Omit<AuditSelection, 'level'>;

const probe = (id: string, ...selections: readonly Selection[]): AnyDetection =>
  defineDetection({
    id,
    title: id,
    description: id,
    tactic: 'discovery',
    techniques: ['T1613'],
    impact: 10,
    confidence: 10,
    type: 'Hunting',
    falsePositives: '',
    triage: '',
    references: [],
    related: [],
    audit: selections.map((selection) => ({
      outcomes: ANY_OUTCOME,
      dryRun: true as const,
      ...selection,
      level: 'metadata' as const,
    })),
    weight: (_found, { code }) => ({ impact: code % 100 }),
    entities: (_found, { verb, object, outcome, actor, impersonated, address, userAgent }) => ({
      request: `${verb} ${object.resource}/${object.subresource} ${object.namespace}/${object.name} ${outcome}`,
      caller: `${actor.user} ${actor.groups.join()} ${impersonated?.user} ${address} ${userAgent}`,
    }),
    summary: (_found, { uri, time, stage }) => `${uri} ${time} ${stage}`,
  });

export const PROBES = [
  probe('creates', { verbs: ['create', 'patch', 'delete'] }),
  probe('secrets', { resources: ['secrets', 'pods/*', 'serviceaccounts/token'] }),
  probe('denials', { outcomes: ['denied', 'failed'] }),
  probe('beginnings', { outcomes: ['started'] }),
  probe('masters', {
    actor: ({ groups }, impersonated) => groups.includes('system:masters') || impersonated !== undefined,
  }),
  probe('names', { actor: ({ user }) => /["\\}]|alice|admin/.test(user) }),
  probe('clients', {
    client: (userAgent, address) => /curl|hunter|["\\]|Zo/.test(userAgent) || address.startsWith('203.'),
  }),
  probe('paths', { uri: (uri) => /dryRun|["\\<]|secrets/.test(uri) }, { verbs: ['watch'], resources: ['nodes'] }),
  probe('cut', { truncated: true }),
  probe('chosen ids', { clientChosenId: true }),
].map((detection) => ruleOf(detection));
