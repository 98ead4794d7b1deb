import { isUserOrWorkload } from '../../eks/identities.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, bob, controller, pipeline, type RequestParts } from '../../sdk/examples.ts';
import { isNew, said } from '../../sdk/phrases.ts';
import { tokenNameOf } from '../../sdk/token-names.ts';

export default defineDetection({
  id: 'token-secret-created',
  title: 'Secret created that looks like a service-account token',
  description:
    'Somebody created a Secret that is named like a service-account token. A Secret of that type holds a token that never expires. The audit log of EKS does not show the type of a Secret, so the name has to do.',
  tactic: 'credential-access',
  techniques: ['T1528'],
  impact: 50,
  confidence: 50,
  type: 'Hunting',
  falsePositives:
    'Tokens of other systems that are kept in Secrets, and external software that is given a token for good.',
  triage:
    'Look at the type of the Secret: kubectl -n <namespace> get secret <name> -o jsonpath="{.type}". If it is kubernetes.io/service-account-token and nobody needs it, delete it, which ends the token: kubectl -n <namespace> delete secret <name>.',
  references: [
    'https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets',
    'https://github.com/awslabs/amazon-guardduty-tester',
  ],
  related: [],
  audit: { level: 'metadata', verbs: ['create', 'update', 'patch'], resources: ['secrets'], actor: isUserOrWorkload },
  find: (event) => isNew(event) && tokenNameOf(event.object.name),
  // Timing is left out: creating a token Secret for an account that exists leaves no other trace in the log.
  weight: (kind) => (kind === 'plain' ? { confidence: 30 } : {}),
  entities: (_kind, { object }) => ({ secret: `${object.namespace}/${object.name}` }),
  summary: (_kind, event) =>
    said(event, 'create', `Secret ${event.object.namespace}/${event.object.name}, which looks like a token`),
});

const secret = (name: string, parts: Partial<RequestParts> = {}) =>
  audit({ verb: 'create', by: alice, resource: 'secrets', namespace: 'shop', name, level: 'Metadata', ...parts });

export const examples = () => ({
  fires: {
    'alice created Secret shop/default-token-x7k2p, which looks like a token': secret('default-token-x7k2p'),
    'bob created Secret kube-system/admin-sa-token, which looks like a token': secret('admin-sa-token', {
      by: bob,
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
