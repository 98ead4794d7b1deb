import { isUserOrWorkload } from '../../eks/identities.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, controller, pipeline } from '../../sdk/examples.ts';
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
  audit: { level: 'metadata', verbs: WRITE_VERBS, resources: ['secrets'], actor: isUserOrWorkload },
  find: (event) => isNew(event) && tokenNameOf(event.object.name),
  // Timing is left out: creating a token Secret for an account that exists leaves no other trace in the log.
  weight: (kind) => (kind === 'plain' ? { confidence: 30 } : {}),
  entities: (_kind, { object }) => ({ secret: `${object.namespace}/${object.name}` }),
  summary: (_kind, event) =>
    said(event, 'create', `Secret ${event.object.namespace}/${event.object.name}, which looks like a token`),
});

const create = (name: string, by = alice, parts = {}) => call(by, `create secrets shop/${name}`, parts);
const apply = { verb: 'patch', code: 201, query: 'fieldManager=kubectl&force=true' };

export const examples = () => ({
  fires: {
    'alice created Secret shop/default-token-x7k2p, which looks like a token': create('default-token-x7k2p'),
    'bob created Secret shop/admin-sa-token, which looks like a token': create('admin-sa-token', bob, apply),
    'alice created Secret shop/github-token, which looks like a token': create('github-token'),
  },
  silent: {
    'a release of Helm': create('sh.helm.release.v1.token-service.v42', pipeline()),
    'a word that only contains it': create('tokenizer-config'),
    'a change of one that is there': create('default-token-x7k2p', alice, { verb: 'patch', code: 200 }),
    'the tokens controller made them itself': create('default-token-x7k2p', controller('tokens-controller')),
    'a dry run makes nothing': create('default-token-x7k2p', alice, { query: 'dryRun=All' }),
  },
});
