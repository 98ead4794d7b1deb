import { isUnauthenticated, nameOf } from '../../events/actor.ts';
import { attackToolOf } from '../../indicators/attack-tools.ts';
import { ANY_OUTCOME, defineDetection } from '../../sdk/detection.ts';
import { alice, call, human, nobody, serviceAccount } from '../../sdk/examples.ts';

export default defineDetection({
  id: 'attack-tool-client',
  title: 'Client is an attack tool (user agent of kube-hunter, peirates, Stratus Red Team, …)',
  description:
    'The user agent of a request names a tool made to attack clusters or to look for weaknesses in them. A careful attacker changes the user agent, so the absence of this finding proves nothing.',
  tactic: 'discovery',
  techniques: ['T1613'],
  impact: 80,
  confidence: 70,
  type: 'TTP',
  stories: ['Kubernetes Scanning Activity', 'Kubernetes Security'],
  falsePositives: 'Your own security team or a penetration test. Suppress its principal while it lasts.',
  triage:
    'Ask whether a test is under way. If not, read everything that the principal did from that address. Then revoke its credentials: the sessions of the role in IAM, or kubectl -n <namespace> delete serviceaccount <name>.',
  references: ['https://attack.mitre.org/techniques/T1613/', 'https://github.com/inguardians/peirates'],
  related: ['elastic:execution_forbidden_request_from_unsual_user_agent', 'defender:K8S_PenTestToolsKubeHunter'],
  audit: {
    level: 'metadata',
    outcomes: ANY_OUTCOME,
    client: (userAgent: string) => attackToolOf(userAgent) !== undefined,
    dryRun: true,
  },
  find: ({ userAgent }) => attackToolOf(userAgent),
  // Internet scanners try every public endpoint, and are denied.
  weight: (_tool, { actor, outcome }) =>
    isUnauthenticated(actor) && outcome !== 'succeeded' ? { confidence: 25 } : {},
  entities: (tool, { address }) => ({ tool, sourceAddress: address }),
  // The tool was in use, whatever the answer to its request was.
  summary: (tool, { actor, impersonated, address }) => `${nameOf(actor, impersonated)} used ${tool} from ${address}`,
});

const list = (agent: string) => call(human('alice', { agent }), 'list pods default/');
const visit = (agent: string) => call(nobody(undefined, agent), 'get', { code: 401 });
const peirates = /* @__PURE__ */ serviceAccount('shop', 'web', {
  agent: 'Peirates/v0.0.0 (linux/amd64) kubernetes/$Format',
});

export const examples = () => ({
  fires: {
    'alice used stratus-red-team from 203.0.113.20': list('stratus-red-team_8d7f4a52-6a6b-4d6e-9c11-5f0d0c2b7e11'),
    'service account shop/web used peirates from 10.0.2.31': call(peirates, 'list pods default/', { code: 403 }),
    'nobody used nmap scripting engine from 203.0.113.66': visit(
      'Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)',
    ),
    'nobody used zgrab from 203.0.113.66': visit('Mozilla/5.0 zgrab/0.x'),
  },
  silent: {
    kubectl: call(alice, 'list pods default/'),
    'a name that only contains one': list('botbuilder/4.2 (linux/amd64)'),
    'AWS CDK is not the tool of the same name': list('cdk/2.1 (darwin/arm64)'),
    'a client without a user agent': list(''),
  },
});
