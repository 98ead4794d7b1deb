import { isUserOrWorkload } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import { isSoftware } from '../../events/user-agent.ts';
import { MINUTE } from '../../primitives/time.ts';
import { audit, human, node, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

/** The names that Kubernetes gave to token Secrets: five characters of this alphabet, few enough to try. */
const TOKEN_SECRET = /-token-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

export default defineDetection({
  id: 'secret-names-guessed',
  title: 'Names of Secrets guessed',
  description:
    'One principal asked for many different Secrets that do not exist. A right to get Secrets without one to list them is thought to be safe because names must be known; they can be guessed, and those of token Secrets can be tried one by one.',
  tactic: 'credential-access',
  attack: ['T1552.007', 'T1110'],
  impact: 70,
  confidence: 70,
  type: 'Anomaly',
  stories: ['Kubernetes Security', 'Kubernetes Sensitive Object Access Activity'],
  falsePositives:
    'A pipeline that asks whether each of its Secrets exists before it creates them in a new namespace. Raise the limit above their number.',
  triage: 'See whether any guess was answered, and what the caller did with what it found.',
  references: [
    'https://kubehound.io/reference/attacks/TOKEN_BRUTEFORCE/',
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
  ],
  answers: [],
  needs: 'header',
  // An empty patch answers with the Secret too, so a guess may be made by one.
  on: { verbs: ['get', 'patch', 'update'], resources: ['secrets'], outcomes: ['failed'], actor: isUserOrWorkload },
  options: {
    limit: [10, 'different names that are still tolerated within the window'],
    windowMinutes: [60, 'length of the sliding window, in minutes'],
  },
  match: (event) => event.code === 404,
  state: {
    kind: 'threshold',
    limit: (options) => options.limit,
    window: (options) => options.windowMinutes * MINUTE,
    distinct: ({ object }) => `${object.namespace}/${object.name}`,
  },
  // An operator asks for Secrets that it is about to create; nobody but a guesser asks for absent token Secrets.
  weight: (event) => {
    if (TOKEN_SECRET.test(event.object.name)) return { confidence: 90 };
    return isSoftware(event.actor, event.userAgent) ? { confidence: 20 } : {};
  },
  entities: (event) => ({ principal: principalOf(event.actor), sourceAddress: event.address }),
  summary: (event) => `${nameOf(event.actor, event.impersonated)} guesses names of Secrets`,
});

const guesses = (count: number, by = human('mallory'), code = 404, name = (index: number) => `secret-${index}`) =>
  Array.from({ length: count }, (_, index) =>
    audit({
      verb: index % 2 ? 'get' : 'patch',
      by,
      code,
      resource: 'secrets',
      namespace: 'shop',
      name: name(index),
      at: new Date(Date.UTC(2026, 2, 2, 10, index)).toISOString(),
    }),
  );

export const examples = () => ({
  fires: {
    'mallory guesses names of Secrets': guesses(11),
    'service account shop/web guesses names of Secrets': guesses(
      40,
      serviceAccount('shop', 'web'),
      404,
      (index) => `default-token-bcd${'fghjk'[index % 5]}${'lmnpqrst'[index >> 3]}`,
    ),
  },
  silent: {
    'ten are tolerated': guesses(10),
    'one that is missing, asked for again and again': guesses(50, human(), 404, () => 'api'),
    'those that are there': guesses(50, human(), 200),
    'kubelets wait for Secrets that their pods name': guesses(50, node()),
  },
});
