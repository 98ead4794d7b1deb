/** Rules that look at events from every side, so that no difference between two paths stays unseen for want of a detection. */

import { ruleOf } from '../../shared/engine/rule.ts';
import { type AnyDetection, defineDetection, type Selection } from '../../shared/sdk/detection.ts';

const probe = (id: string, on: Selection): AnyDetection =>
  defineDetection({
    id,
    title: id,
    description: id,
    tactic: 'discovery',
    attack: ['T1613'],
    impact: 10,
    confidence: 10,
    type: 'Hunting',
    falsePositives: '',
    triage: '',
    references: [],
    answers: [],
    needs: 'header',
    on,
    match: () => true,
    weight: ({ code }) => ({ impact: code % 100 }),
    entities: ({ verb, object, outcome, actor, impersonated, address, userAgent }) => ({
      request: `${verb} ${object.resource}/${object.subresource} ${object.namespace}/${object.name} ${outcome}`,
      caller: `${actor.user} ${actor.groups.join()} ${impersonated?.user} ${address} ${userAgent}`,
    }),
    summary: ({ uri, time, stage }) => `${uri} ${time} ${stage}`,
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
  probe('paths', { uri: (uri) => /dryRun|["\\<]|secrets/.test(uri), or: [{ verbs: ['watch'], resources: ['nodes'] }] }),
  probe('cut', { truncated: true }),
  probe('chosen ids', { clientChosenId: true }),
].map((detection) => ruleOf(detection));
