import { isUserOrWorkload } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { ANY_OUTCOME, defineDetection } from '../../sdk/detection.ts';
import { alice, audit, bob, node, type RequestParts, serviceAccount } from '../../sdk/examples.ts';
import { holdsMintedToken, mintedTokensOf } from '../../sdk/minted-tokens.ts';
import { said } from '../../sdk/phrases.ts';
import { threshold } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'minted-token-used-elsewhere',
  title: 'Minted service-account token used from another address',
  description:
    'A service-account token that is bound to no pod was used from another address than it was requested from, or from several. It may be in the hands of somebody else, who acts with every right of that service account.',
  tactic: 'credential-access',
  techniques: ['T1528'],
  impact: 90,
  confidence: 80,
  type: 'TTP',
  falsePositives:
    'A token that was made by hand for software elsewhere: an external deploy tool, a dashboard, a monitoring system. Clients behind an exit with several addresses.',
  triage:
    'The finding lists every address. Ask the person who minted the token where it went. To end the token, delete its service account: kubectl -n <namespace> delete serviceaccount <name>.',
  references: [
    'https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/',
    'https://attack.mitre.org/techniques/T1528/',
  ],
  related: [],
  audit: [
    {
      level: 'metadata',
      outcomes: ANY_OUTCOME.filter((outcome) => outcome !== 'started'),
      actor: (actor: Actor) => isUserOrWorkload(actor) && holdsMintedToken(actor),
      dryRun: true,
    },
    { level: 'metadata', verbs: ['create'], resources: ['serviceaccounts/token'], actor: isUserOrWorkload },
  ],
  find: (event) => (event.address === '' ? undefined : mintedTokensOf(event)),
  // EKS lets no token live longer than a day.
  window: threshold({ limit: 1, of: 'addresses', hours: 24 }),
  distinct: (_token, event) => event.address,
  entities: ({ id, account }) => ({ credentialId: id, serviceAccount: account }),
  principal: false,
  summary: ({ account, isNew }, event) =>
    isNew
      ? said(event, 'mint', `a token of service account ${account} that was used elsewhere`)
      : `A token of service account ${account} was used from ${event.address}`,
});

const ID = 'JTI=9b1f5c1e-0f4e-4a4e-8b0e-0c9a1c7e5f21';

const atHour = (hour: number) => new Date(Date.UTC(2026, 2, 2, hour)).toISOString();

const minted = (by = alice, hour = 10) =>
  audit({
    verb: 'create',
    by,
    resource: 'serviceaccounts/token',
    namespace: 'shop',
    name: 'web',
    annotations: { 'authentication.kubernetes.io/issued-credential-id': ID },
    at: atHour(hour),
  });

const used = (ip: string, hour = 11, parts: Partial<RequestParts> = {}, bound = {}) => {
  const by = serviceAccount('shop', 'web', { ip, agent: 'curl/8.5.0' });
  const user = { ...by.user, extra: { 'authentication.kubernetes.io/credential-id': [ID], ...bound } };
  return audit({ verb: 'list', by: { ...by, user }, resource: 'pods', namespace: 'shop', at: atHour(hour), ...parts });
};

const BOUND = { 'authentication.kubernetes.io/pod-name': ['web-0'] };

export const examples = () => ({
  fires: {
    'A token of service account shop/web was used from 192.0.2.66': [minted(), used('192.0.2.66')],
    'A token of service account shop/web was used from 192.0.2.67': [
      used('192.0.2.67', 20, { code: 403 }),
      minted(bob),
    ],
    'A token of service account shop/web was used from 192.0.2.68': [
      ...[11, 12, 13, 14].map((hour) => used('203.0.113.20', hour)),
      minted(),
      used('192.0.2.68', 15),
    ],
    'A token of service account shop/web was used from 198.51.100.7': [used('192.0.2.66'), used('198.51.100.7', 12)],
  },
  silent: {
    'used where it was minted': [minted(), used('203.0.113.20'), used('203.0.113.20', 12)],
    'a token that never left': [minted()],
    'the token of a pod moves with it': [used('10.0.1.1', 11, {}, BOUND), used('10.0.2.2', 12, {}, BOUND)],
    'kubelets mint the tokens of pods': [minted(node()), minted(node('other', '10.0.1.18'))],
    'another day': [minted(alice, 0), used('192.0.2.66', 25)],
  },
});
