import { isUserOrWorkload } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, node, serviceAccount } from '../../sdk/examples.ts';
import { holdsMintedToken, mintedTokensOf } from '../../sdk/minted-tokens.ts';
import { said } from '../../sdk/phrases.ts';
import { threshold } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'minted-token-used-elsewhere',
  title: 'Minted service-account token used from another address',
  description:
    'A service-account token that is bound to no pod was used from another address than it was requested from, or from several. Somebody else may have it, and with it every right of that service account.',
  tactic: 'credential-access',
  techniques: ['T1528'],
  impact: 90,
  confidence: 80,
  type: 'TTP',
  falsePositives:
    'A token that was made by hand for software elsewhere, such as a deploy tool, a dashboard or a monitoring system. Clients whose network has several public addresses.',
  triage:
    'The finding lists every address. Ask the person who minted the token where it went. To end the token, delete its service account: kubectl -n <namespace> delete serviceaccount <name>.',
  references: ['https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/'],
  related: [],
  audit: [
    {
      level: 'metadata',
      outcomes: ['succeeded', 'denied', 'failed'],
      actor: (actor: Actor) => isUserOrWorkload(actor) && holdsMintedToken(actor),
      dryRun: true,
    },
    { level: 'metadata', verbs: ['create'], resources: ['serviceaccounts/token'], actor: isUserOrWorkload },
  ],
  find: (event) => event.address !== '' && mintedTokensOf(event),
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
const HOME = '203.0.113.20';
const BOUND = { 'authentication.kubernetes.io/pod-name': ['web-0'] };
const annotations = { 'authentication.kubernetes.io/issued-credential-id': ID };
const atHour = (hour: number) => new Date(Date.UTC(2026, 2, 2, hour)).toISOString();

const minted = (by = alice, hour = 10) =>
  call(by, 'create serviceaccounts/token shop/web', { annotations, at: atHour(hour) });

const used = (ip: string, hour = 11, bound = {}, code = 200) => {
  const by = serviceAccount('shop', 'web', { ip });
  const user = { ...by.user, extra: { 'authentication.kubernetes.io/credential-id': [ID], ...bound } };
  return call({ ...by, user }, 'list pods shop/', { at: atHour(hour), code });
};

export const examples = () => ({
  fires: {
    'A token of service account shop/web was used from 192.0.2.6': [minted(), used(HOME), used('192.0.2.6', 12)],
    'A token of service account shop/web was used from 192.0.2.7': [used('192.0.2.7', 30, {}, 403), minted(bob)],
    'A token of service account shop/web was used from 192.0.2.8': [used('192.0.2.9'), used('192.0.2.8', 12)],
    'alice minted a token of service account shop/web that was used elsewhere': [used('192.0.2.6', 9), minted()],
  },
  silent: {
    'used where it was minted': [minted(), used(HOME), used(HOME, 12)],
    'a token that never left': minted(),
    'the token of a pod moves with it': [used('10.0.1.1', 11, BOUND), used('10.0.2.2', 12, BOUND)],
    'kubelets mint the tokens of pods': [minted(node()), minted(node('other', '10.0.1.18'))],
    'another day': [minted(alice, 0), used('192.0.2.6', 25)],
  },
});
