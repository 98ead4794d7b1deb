import { isNode, isProvenControlPlane } from '../../eks/identities.ts';
import { SYSTEM_NAMESPACES } from '../../eks/namespaces.ts';
import { isUnauthenticated } from '../../events/actor.ts';
import type { Actor } from '../../events/event.ts';
import { isSoftware } from '../../events/user-agent.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, anonymous, bob, call, controller, mallory, node, truncated } from '../../sdk/examples.ts';
import { isForLong } from '../../sdk/minted-tokens.ts';
import { said } from '../../sdk/phrases.ts';

const MINTED = { level: 'any', verbs: ['create'], resources: ['serviceaccounts/token'] } as const;

export default defineDetection({
  id: 'service-account-token-minted',
  title: 'Service-account token minted (TokenRequest)',
  description:
    'Somebody other than a kubelet requested a token of a service account. The token works from anywhere, outlives the session that requested it, and acts under another name.',
  tactic: 'credential-access',
  techniques: ['T1528'],
  impact: 70,
  confidence: 60,
  type: 'TTP',
  falsePositives: 'People who log in to a dashboard. Software, such as a secret operator, is raised as informational.',
  triage:
    'Ask the caller what the token is for. Its id is in the annotation `authentication.kubernetes.io/issued-credential-id` of the record. Look for requests with that credential id. To end the token, delete the service account: kubectl -n <namespace> delete serviceaccount <name>.',
  references: ['https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/'],
  related: [
    'panther:k8s_serviceaccount_token_created',
    'elastic:credential_access_kubernetes_service_account_token_created_via_tokenrequest',
  ],
  // A kubelet mints the tokens of its pods all day; another client with its credentials does not.
  audit: [
    { ...MINTED, actor: (actor: Actor) => !isProvenControlPlane(actor) && !isUnauthenticated(actor) && !isNode(actor) },
    { ...MINTED, actor: isNode, client: (userAgent: string) => !userAgent.startsWith('kubelet/') },
  ],
  find: ({ object }) => `${object.namespace}/${object.name}`,
  weight: (_account, event) => ({
    ...(SYSTEM_NAMESPACES.includes(event.object.namespace) && { impact: 85 }),
    ...(isSoftware(event.actor, event.userAgent) ? { confidence: 20 } : isForLong(event) && { confidence: 75 }),
  }),
  entities: (account) => ({ serviceAccount: account }),
  summary: (account, event) => said(event, 'mint', `a token of service account ${account}`),
});

const mint = (by = alice, parts = {}) => call(by, 'create serviceaccounts/token shop/web', parts);
const forYear = { request: { spec: { expirationSeconds: 31_536_000 } } };

export const examples = () => ({
  fires: {
    'alice minted a token of service account kube-system/web': mint(alice, { namespace: 'kube-system', ...forYear }),
    'bob minted a token of service account shop/web': mint(bob, { level: 'Metadata' }),
    'mallory minted a token of service account shop/web': truncated(mint(mallory, forYear)),
    'node n minted a token of service account shop/web': mint({ ...node('n'), agent: 'curl/8.5.0' }),
  },
  silent: {
    'a kubelet mints the tokens of its pods': mint(node()),
    'a service account is no token': call(alice, 'create serviceaccounts shop/web'),
    'what was denied was not minted': mint(mallory, { code: 403 }),
    'nobody is for anonymous-request-allowed': mint(anonymous()),
    'the controller manager mints for its controllers': mint(controller('expand-controller')),
    'a token is no more than asked about': call(alice, 'create tokenreviews.authentication.k8s.io'),
  },
});
