import { isNode, isProvenControlPlane } from '../../eks/identities.ts';
import { SYSTEM_NAMESPACES } from '../../eks/namespaces.ts';
import { isUnauthenticated, nameOf, principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { isSoftware } from '../../events/user-agent.ts';
import { at, numberAt } from '../../primitives/json.ts';
import { audit, controller, human, node, serviceAccount, truncated } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection, type Selection } from '../../sdk/legacy.ts';

/** Seconds. What a pod's own token lasts at most; whoever asks for more wants to keep it. */
const LONG = 24 * 3600;

const MINTED: Selection = { verbs: ['create'], resources: ['serviceaccounts/token'], outcomes: ['succeeded'] };

export default defineDetection({
  id: 'service-account-token-minted',
  title: 'Token of a service account minted',
  description:
    'Somebody other than a kubelet asked for a token of a service account. The token works from anywhere, outlives the session that asked for it, and acts under another name.',
  tactic: 'credential-access',
  attack: ['T1528', 'T1550.001'],
  impact: 70,
  confidence: 60,
  type: 'TTP',
  falsePositives:
    'People log in to dashboards with `kubectl create token`; secret operators and backup software ask for tokens for their workloads, which is raised as informational.',
  triage:
    'Find the token’s id in the annotation `authentication.kubernetes.io/issued-credential-id` and look for requests with that credential id.',
  references: [
    'https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/',
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.persistence.create-token/',
  ],
  answers: [
    'panther:k8s_serviceaccount_token_created',
    'elastic:credential_access_kubernetes_service_account_token_created_via_tokenrequest',
  ],
  needs: 'header or body',
  // A kubelet mints the tokens of its pods all day; its credentials in another client's hands do not.
  on: {
    ...MINTED,
    actor: (actor) => !isProvenControlPlane(actor) && !isUnauthenticated(actor) && !isNode(actor),
    or: [{ ...MINTED, actor: isNode, client: (userAgent) => !userAgent.startsWith('kubelet/') }],
  },
  match: () => true,
  weight: (event) => ({
    ...(SYSTEM_NAMESPACES.includes(event.object.namespace) && { impact: 85 }),
    ...(isSoftware(event.actor, event.userAgent) ? { confidence: 20 } : isKept(event) && { confidence: 75 }),
  }),
  entities: (event) => ({ principal: principalOf(event.actor), serviceAccount: accountOf(event) }),
  summary: (event) =>
    `${nameOf(event.actor, event.impersonated)} minted a token of service account ${accountOf(event)}`,
});

const accountOf = ({ object }: AuditEvent): string => `${object.namespace}/${object.name}`;

/** Asked for longer than a pod's token lasts. The body is logged on some clusters only, so nothing rests on it. */
const isKept = (event: AuditEvent): boolean =>
  numberAt(event.requestObject, 'spec', 'expirationSeconds') > LONG &&
  at(event.requestObject, 'spec', 'boundObjectRef') === undefined;

const mint = { verb: 'create', resource: 'serviceaccounts/token', namespace: 'shop', name: 'web' };

export const examples = () => ({
  fires: {
    'alice minted a token of service account kube-system/clusterrole-aggregation-controller': audit({
      ...mint,
      by: human(),
      namespace: 'kube-system',
      name: 'clusterrole-aggregation-controller',
      request: { kind: 'TokenRequest', spec: { expirationSeconds: 31_536_000 } },
    }),
    'bob minted a token of service account shop/web': audit({ ...mint, by: human('bob'), level: 'Metadata' }),
    'mallory minted a token of service account shop/web': truncated(
      audit({ ...mint, by: human('mallory'), request: { spec: { audiences: ['x'.repeat(1000)] } } }),
    ),
    'node ip-10-0-1-17.eu-west-1.compute.internal minted a token of service account shop/web': audit({
      ...mint,
      by: { ...node(), agent: 'curl/8.5.0' },
    }),
  },
  silent: {
    'a kubelet mints the tokens of its pods': audit({ ...mint, by: node() }),
    'a service account is no token': audit({ ...mint, by: human(), resource: 'serviceaccounts' }),
    'what was refused was not minted': audit({ ...mint, by: human('mallory'), code: 403 }),
    'the controller manager mints for its controllers': audit({ ...mint, by: controller('expand-controller') }),
    'a token is no more than asked about': audit({
      ...mint,
      by: serviceAccount('shop', 'web'),
      resource: 'tokenreviews.authentication.k8s.io',
    }),
  },
});
