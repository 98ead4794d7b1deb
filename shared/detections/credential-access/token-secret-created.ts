import { isUserOrWorkload } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import type { AuditHeader } from '../../events/event.ts';
import { audit, controller, human, pipeline } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

/** `default-token-x7k2p`, as Kubernetes named them. */
const GENERATED = /-token-[a-z0-9]{5}$/;

/** Words for an account that stand before the word `token`; all but `default` stand right after it, too. */
const ACCOUNTS = new Set(['sa', 'serviceaccount', 'admin', 'default']);

/** As Kubernetes named them, or with a service account and a token put together: `admin-user-token`, `token-sa`. */
const isTelling = (name: string): boolean => {
  if (GENERATED.test(name)) return true;
  const words = name.replaceAll('service-account', 'serviceaccount').split('-');
  const account = words.findIndex((word) => ACCOUNTS.has(word));
  if (account < 0) return false;
  return (
    account < words.lastIndexOf('token') ||
    words.some((word, index) => word !== 'default' && ACCOUNTS.has(word) && words[index - 1] === 'token')
  );
};

/** Names that say token and no more: mostly one of another system. */
const PLAIN = /(?:^|[-.])token$/;

export default defineDetection({
  id: 'token-secret-created',
  title: 'Secret created that looks like a service-account token',
  description:
    'Somebody created a Secret whose name is that of a service-account token. A Secret of that type is filled with a token that never expires. The audit log of EKS shows no type of a Secret, so the name has to do.',
  tactic: 'credential-access',
  attack: ['T1098'],
  impact: 50,
  confidence: 50,
  type: 'Hunting',
  falsePositives:
    'Tokens of other systems that are kept in Secrets, and external software that is given a token for good.',
  triage:
    'Look at the Secret’s type. Delete it if it is `kubernetes.io/service-account-token` and nobody needs it; that ends the token.',
  references: [
    'https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets',
    'https://github.com/awslabs/amazon-guardduty-tester',
  ],
  answers: [],
  needs: 'header',
  on: {
    verbs: ['create', 'update', 'patch'],
    resources: ['secrets'],
    outcomes: ['succeeded'],
    actor: isUserOrWorkload,
  },
  match: (event) =>
    !event.dryRun && isCreated(event) && (isTelling(event.object.name) || PLAIN.test(event.object.name)),
  // Timing is left out: whoever makes a token Secret for an account that exists does nothing else that the log would show.
  weight: (event) => (isTelling(event.object.name) ? {} : { confidence: 30 }),
  entities: (event) => ({
    principal: principalOf(event.actor),
    secret: `${event.object.namespace}/${event.object.name}`,
  }),
  summary: (event) =>
    `${nameOf(event.actor, event.impersonated)} created Secret ${event.object.namespace}/${event.object.name}, which looks like a token`,
});

/** Server-side apply and a PUT may create too, and answer 201 then. */
const isCreated = (event: AuditHeader): boolean => event.verb === 'create' || event.code === 201;

const secret = (name: string, parts: object = {}) =>
  audit({ verb: 'create', by: human(), resource: 'secrets', namespace: 'shop', name, level: 'Metadata', ...parts });

export const examples = () => ({
  fires: {
    'alice created Secret shop/default-token-x7k2p, which looks like a token': secret('default-token-x7k2p'),
    'bob created Secret kube-system/admin-sa-token, which looks like a token': secret('admin-sa-token', {
      by: human('bob'),
      namespace: 'kube-system',
      verb: 'patch',
      code: 201,
      query: 'fieldManager=kubectl&force=true',
    }),
    'alice created Secret shop/github-token, which looks like a token': secret('github-token'),
  },
  silent: {
    'a release of Helm': secret('sh.helm.release.v1.token-service.v42', { by: pipeline() }),
    'a word that only contains it': secret('tokenizer-config'),
    'a change of one that is there': secret('default-token-x7k2p', { verb: 'patch', code: 200 }),
    'the tokens controller made them itself': secret('default-token-x7k2p', { by: controller('tokens-controller') }),
    'a dry run makes nothing': secret('default-token-x7k2p', { query: 'dryRun=All' }),
  },
});
