import { isUserOrWorkload } from '../../eks/identities.ts';
import { nameOf } from '../../events/actor.ts';
import type { Actor, AuditHeader } from '../../events/event.ts';
import { HOUR } from '../../primitives/time.ts';
import { audit, type Caller, human, node, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'minted-token-used-elsewhere',
  title: 'Minted token used from another address',
  description:
    'A service-account token that is bound to no pod was used from another address than it was asked for from, or from several. The API server gives every such token an id, so who asked for it and who uses it can be told.',
  tactic: 'credential-access',
  attack: ['T1528', 'T1550.001'],
  impact: 90,
  confidence: 80,
  type: 'TTP',
  falsePositives:
    'A token that was made by hand for software elsewhere: an external deploy tool, a dashboard, a monitoring system. Clients behind an exit with several addresses.',
  triage:
    'The finding lists every address. Candidate whoever minted the token where it went; delete the service account to end it.',
  references: [
    'https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/',
    'https://attack.mitre.org/techniques/T1528/',
  ],
  answers: [],
  needs: 'header',
  on: {
    outcomes: ['succeeded', 'denied', 'failed'],
    actor: (actor) => isUserOrWorkload(actor) && usedBy(actor) !== NONE,
    or: [{ verbs: ['create'], resources: ['serviceaccounts/token'], outcomes: ['succeeded'], actor: isUserOrWorkload }],
  },
  options: { windowHours: [24, 'time between two uses, or asking and using, in hours; EKS lets no token live longer'] },
  each: (event) => {
    const [minted, used] = [mintedBy(event), usedBy(event.actor)];
    return minted === used ? NONE : [...minted, ...used];
  },
  match: (event) => event.address !== '',
  state: {
    kind: 'threshold',
    limit: () => 1,
    window: (options) => options.windowHours * HOUR,
    distinct: (event) => event.address,
  },
  entities: (_event, token) => ({ credentialId: token.id, serviceAccount: token.account }),
  summary: (event, token) =>
    token.isNew
      ? `${nameOf(event.actor, event.impersonated)} minted a token of ${token.account} that was used elsewhere`
      : `A token of ${token.account} was used from ${event.address}`,
});

interface Token {
  readonly id: string;
  readonly account: string;
  readonly isNew: boolean;
}

/** What nearly every request mints and uses; one list, since this is asked of every request. */
const NONE: readonly Token[] = [];

const mintedBy = ({ actor, object, outcome }: AuditHeader): readonly Token[] => {
  const id = actor.issuedCredentialId;
  if (id === undefined || object.subresource !== 'token' || outcome !== 'succeeded') return NONE;
  return [{ id, account: `${object.namespace}/${object.name}`, isNew: true }];
};

/** The token of a pod names its pod or node, and moves with it; nearly all tokens do. */
const usedBy = ({ serviceAccount: account, credentialId: id, boundPod, boundNode }: Actor): readonly Token[] =>
  account === undefined || id === undefined || boundPod !== undefined || boundNode !== undefined
    ? NONE
    : [{ id, account: `${account.namespace}/${account.name}`, isNew: false }];

const ID = 'JTI=9b1f5c1e-0f4e-4a4e-8b0e-0c9a1c7e5f21';

const minted = (by: Caller, hour = 10) =>
  audit({
    verb: 'create',
    by,
    resource: 'serviceaccounts/token',
    namespace: 'shop',
    name: 'web',
    annotations: { 'authentication.kubernetes.io/issued-credential-id': ID },
    at: new Date(Date.UTC(2026, 2, 2, hour)).toISOString(),
  });

const used = (ip: string, hour = 11, code = 200, isBound = false) => {
  const by = serviceAccount('shop', 'web', { ip, agent: 'curl/8.5.0' });
  const extra = { 'authentication.kubernetes.io/credential-id': [ID] };
  const bound = { ...extra, 'authentication.kubernetes.io/pod-name': ['web-0'] };
  return audit({
    verb: 'list',
    by: { ...by, user: { ...by.user, extra: isBound ? bound : extra } },
    resource: 'pods',
    namespace: 'shop',
    code,
    at: new Date(Date.UTC(2026, 2, 2, hour)).toISOString(),
  });
};

export const examples = () => ({
  fires: {
    'A token of shop/web was used from 192.0.2.66': [minted(human()), used('192.0.2.66')],
    'A token of shop/web was used from 192.0.2.67': [used('192.0.2.67', 20, 403), minted(human('bob'))],
    'A token of shop/web was used from 192.0.2.68': [
      ...[11, 12, 13, 14].map((hour) => used('203.0.113.20', hour)),
      minted(human()),
      used('192.0.2.68', 15),
    ],
    'A token of shop/web was used from 198.51.100.7': [used('192.0.2.66'), used('198.51.100.7', 12)],
  },
  silent: {
    'used where it was minted': [minted(human()), used('203.0.113.20'), used('203.0.113.20', 12)],
    'a token that never left': [minted(human())],
    'the token of a pod moves with it': [used('10.0.1.1', 11, 200, true), used('10.0.2.2', 12, 200, true)],
    'kubelets mint the tokens of pods': [minted(node()), minted(node('other', '10.0.1.18'))],
    'another day': [minted(human(), 0), used('192.0.2.66', 25)],
  },
});
