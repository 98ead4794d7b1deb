import { isUnauthenticated, nameOf, principalOf } from '../../events/actor.ts';
import { attackToolOf } from '../../indicators/attack-tools.ts';
import { audit, human, nobody, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'attack-tool-client',
  title: 'Client of an offensive tool',
  description:
    'A request’s user agent names a tool made to attack or take stock of clusters. The client chooses its user agent, so silence proves nothing, but hardly anybody claims such a name falsely.',
  tactic: 'discovery',
  attack: ['T1613'],
  impact: 80,
  confidence: 70,
  type: 'TTP',
  stories: ['Kubernetes Scanning Activity', 'Kubernetes Security'],
  falsePositives: 'Your own security team or a penetration test. Suppress its principal for the time that it lasts.',
  triage:
    'Candidate whether a test is on. If not, read everything the principal did from that address, and revoke its credentials.',
  references: [
    'https://attack.mitre.org/techniques/T1613/',
    'https://stratus-red-team.cloud/user-guide/getting-started/',
    'https://github.com/inguardians/peirates',
    'https://github.com/quarkslab/kdigger',
  ],
  answers: [
    'sigma:kubernetes_audit_suspicious_enumeration_or_attack',
    'elastic:execution_forbidden_request_from_unsual_user_agent',
    'defender:K8S_PenTestToolsKubeHunter',
  ],
  needs: 'header',
  on: { client: (userAgent) => attackToolOf(userAgent) !== undefined },
  match: () => true,
  // Scanners knock on every public endpoint of the internet, and are not let in.
  weight: ({ actor, outcome }) => (isUnauthenticated(actor) && outcome !== 'succeeded' ? { confidence: 25 } : {}),
  entities: (event) => ({
    tool: attackToolOf(event.userAgent) ?? '',
    principal: principalOf(event.actor),
    sourceAddress: event.address,
  }),
  summary: (event) =>
    `${nameOf(event.actor, event.impersonated)} used ${attackToolOf(event.userAgent)} from ${event.address}`,
});

const list = { verb: 'list', resource: 'pods', namespace: 'default' };

export const examples = () => ({
  fires: {
    'alice used stratus-red-team from 203.0.113.20': audit({
      ...list,
      by: human('alice', { agent: 'stratus-red-team_8d7f4a52-6a6b-4d6e-9c11-5f0d0c2b7e11' }),
    }),
    'service account shop/web used peirates from 10.0.2.31': audit({
      ...list,
      by: serviceAccount('shop', 'web', { agent: 'Peirates/v0.0.0 (linux/amd64) kubernetes/$Format' }),
      code: 403,
    }),
    'nobody used nmap scripting engine from 203.0.113.66': audit({
      verb: 'get',
      by: nobody(undefined, 'Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)'),
      code: 401,
    }),
    'nobody used zgrab from 203.0.113.66': audit({
      verb: 'get',
      by: nobody(undefined, 'Mozilla/5.0 zgrab/0.x'),
      code: 401,
    }),
  },
  silent: {
    'a command-line client': audit({ ...list, by: human() }),
    'a name that only contains one': audit({ ...list, by: human('a', { agent: 'botbuilder/4.2 (linux/amd64)' }) }),
    'AWS CDK is not the tool of the same name': audit({ ...list, by: human('a', { agent: 'cdk/2.1 (darwin/arm64)' }) }),
    'a client without a user agent': audit({ ...list, by: human('a', { agent: '' }) }),
  },
});
