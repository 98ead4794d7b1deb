import { isUserOrWorkload } from '../../eks/identities.ts';
import { clientFamily, isSoftware } from '../../events/user-agent.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, calls, mallory, node, serviceAccount } from '../../sdk/examples.ts';
import { isOfHelmRelease } from '../../sdk/helm-releases.ts';
import { said } from '../../sdk/phrases.ts';
import { GUESSABLE_TOKEN } from '../../sdk/token-names.ts';
import { threshold } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'secret-names-guessed',
  title: 'Names of Secrets guessed (brute force)',
  description: 'One principal asked for many Secrets that don’t exist. An attacker who can’t list them guesses names.',
  tactic: 'credential-access',
  techniques: ['T1552.007', 'T1110'],
  impact: 70,
  confidence: 70,
  type: 'Anomaly',
  stories: ['Kubernetes Security', 'Kubernetes Sensitive Object Access Activity'],
  falsePositives: 'A pipeline that asks for its Secrets before it creates them. Raise the limit above their number.',
  triage:
    'See whether any guess was answered, and what the caller did next. Replace the Secrets that were read. Then take the right to get Secrets away: kubectl get rolebindings,clusterrolebindings -A -o wide | grep <name of the caller>.',
  references: ['https://kubehound.io/reference/attacks/TOKEN_BRUTEFORCE/'],
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
  // An operator asks for Secrets that it is about to create, and so do the charts of Helm. Nobody but a guesser asks for absent token
  // Secrets.
  weight: (_found, event) => {
    const { object, actor, userAgent } = event;
    if (GUESSABLE_TOKEN.test(object.name)) return { confidence: 90 };
    if (isSoftware(actor, userAgent)) return { confidence: 20 };
    return isOfHelmRelease(event) || clientFamily(userAgent) === 'helm' ? { confidence: 40 } : {};
  },
  entities: (_found, { address }) => ({ sourceAddress: address }),
  summary: (_found, event) => said(event, 'read', 'many Secrets that do not exist'),
});

const secret = (index: number) => `${index % 2 ? 'get' : 'patch'} secrets shop/secret-${index}`;
const token = (index: number) => `get secrets shop/default-token-bcdf${'ghjklmnpqrst'[index]}`;
const web = () => serviceAccount('shop', 'web');

export const examples = () => ({
  fires: {
    'mallory tried to read many Secrets that do not exist': calls(11, mallory, secret, { code: 404 }),
    'service account shop/web tried to read many Secrets that do not exist': calls(12, web(), token, { code: 404 }),
  },
  silent: {
    'ten are tolerated': calls(10, mallory, secret, { code: 404 }),
    'one that is missing, asked for again and again': calls(50, alice, () => 'get secrets shop/api', { code: 404 }),
    'those that are there, and conflicts': [calls(50, alice, secret), calls(50, alice, secret, { code: 409 })].flat(),
    'kubelets wait for Secrets that their pods name': calls(50, node(), secret, { code: 404 }),
  },
});
