import { isUserOrWorkload } from '../../eks/identities.ts';
import { isSoftware } from '../../events/user-agent.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, mallory, node, type RequestParts, series, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { threshold } from '../../sdk/windows.ts';

/** The names that Kubernetes gave to token Secrets: five characters of this alphabet, few enough to try. */
const TOKEN_SECRET = /-token-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

export default defineDetection({
  id: 'secret-names-guessed',
  title: 'Names of Secrets guessed (brute force)',
  description:
    'One principal asked for many different Secrets that do not exist. With a right to get Secrets but not to list them, an attacker tries names; those of token Secrets are short enough to try one by one.',
  tactic: 'credential-access',
  techniques: ['T1552.007', 'T1110'],
  impact: 70,
  confidence: 70,
  type: 'Anomaly',
  stories: ['Kubernetes Security', 'Kubernetes Sensitive Object Access Activity'],
  falsePositives:
    'A pipeline that asks whether each of its Secrets exists before it creates them in a new namespace. Raise the limit above their number.',
  triage:
    'See whether any guess was answered, and what the caller did with what it found. Replace the Secrets that were read, and take the right to get Secrets away from the caller.',
  references: [
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
    'https://kubehound.io/reference/attacks/TOKEN_BRUTEFORCE/',
  ],
  related: [],
  // An empty patch answers with the Secret too, so a guess may be made by one.
  audit: {
    level: 'metadata',
    verbs: ['get', 'patch', 'update'],
    resources: ['secrets'],
    outcomes: ['failed'],
    actor: isUserOrWorkload,
    dryRun: true,
  },
  find: ({ code }) => code === 404,
  window: threshold({ limit: 10, of: 'different names', minutes: 60 }),
  distinct: (_found, { object }) => `${object.namespace}/${object.name}`,
  // An operator asks for Secrets that it is about to create; nobody but a guesser asks for absent token Secrets.
  weight: (_found, { object, actor, userAgent }) => {
    if (TOKEN_SECRET.test(object.name)) return { confidence: 90 };
    return isSoftware(actor, userAgent) ? { confidence: 20 } : {};
  },
  entities: (_found, { address }) => ({ sourceAddress: address }),
  summary: (_found, event) => said(event, 'read', 'many Secrets that do not exist'),
});

const guesses = (count: number, parts: Partial<RequestParts> = {}, name = (index: number) => `secret-${index}`) =>
  series(count, (at, index) =>
    audit({
      verb: index % 2 ? 'get' : 'patch',
      by: mallory,
      code: 404,
      resource: 'secrets',
      namespace: 'shop',
      name: name(index),
      at,
      ...parts,
    }),
  );

export const examples = () => ({
  fires: {
    'mallory tried to read many Secrets that do not exist': guesses(11),
    'service account shop/web tried to read many Secrets that do not exist': guesses(
      40,
      { by: serviceAccount('shop', 'web') },
      (index) => `default-token-bcd${'fghjk'[index % 5]}${'lmnpqrst'[index >> 3]}`,
    ),
  },
  silent: {
    'ten are tolerated': guesses(10),
    'one that is missing, asked for again and again': guesses(50, { by: alice }, () => 'api'),
    'those that are there': guesses(50, { by: alice, code: 200 }),
    'kubelets wait for Secrets that their pods name': guesses(50, { by: node() }),
  },
});
