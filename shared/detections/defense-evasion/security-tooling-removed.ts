import { isUserOrWorkload } from '../../eks/identities.ts';
import type { AuditEvent } from '../../events/event.ts';
import { SECURITY_TOOLS } from '../../indicators/security-tools.ts';
import { type Json, objectAt } from '../../primitives/json.ts';
import { namedAfter } from '../../primitives/name-prefix.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, type Caller, call, carol, controller, dave, mallory, oscar, workload } from '../../sdk/examples.ts';
import { nameOrAll, said } from '../../sdk/phrases.ts';
import { scalesToZero } from '../../sdk/scaling.ts';

/** What the request does to an agent; undefined for what leaves it running on every node. */
const harmOf = (event: AuditEvent): 'delete' | 'switch off' | undefined => {
  const { verb, object, requestObject, body } = event;
  if (verb.startsWith('delete')) return 'delete';
  if (object.resource === 'namespaces') return undefined;
  const nodeSelector = objectAt(requestObject ?? body, 'spec', 'template', 'spec', 'nodeSelector') ?? {};
  const isPinned = verb === 'patch' && Object.keys(nodeSelector).length > 0;
  return scalesToZero(event) || isPinned ? 'switch off' : undefined;
};

export default defineDetection({
  id: 'security-tooling-removed',
  title: 'Security agent deleted or disabled (Falco, GuardDuty, Kyverno)',
  description:
    'Somebody deleted a security agent or its namespace, scaled it to zero replicas, or gave it a node selector, which removes a DaemonSet from all other nodes. Until it is back, nothing watches those nodes.',
  tactic: 'defense-evasion',
  techniques: ['T1562.001'],
  impact: 80,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  falsePositives: 'A team replaces one agent by another, or reinstalls it.',
  triage:
    'Ask the team that runs the tool whether it meant to. If not, remove the access of the principal and install the agent again. Wait until it runs on every node: kubectl -n <namespace> rollout status daemonset <name>. Then read in the audit log what happened while it was gone.',
  references: [
    'https://attack.mitre.org/techniques/T1562/001/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/',
  ],
  related: ['sigma:kubernetes_audit_deployment_deleted'],
  audit: {
    level: 'request',
    verbs: ['delete', 'deletecollection', 'update', 'patch'],
    resources: ['daemonsets', 'deployments', 'deployments/scale', 'namespaces', 'statefulsets', 'statefulsets/scale'],
    actor: isUserOrWorkload,
  },
  options: { names: [SECURITY_TOOLS, 'names of the agents; a name that begins with one and a hyphen counts too'] },
  find: (event, { names }) => {
    const { name, namespace } = event.object;
    // Not every workload of an agent has its name, but its namespace does.
    return [name, namespace].some((text) => namedAfter(text, names) !== undefined) && harmOf(event);
  },
  entities: (_harm, { object }) => ({ object: nameOrAll(object) }),
  summary: (harm, event) => said(event, harm, nameOrAll(event.object)),
});

const falco = (by: Caller, verb: string, parts = {}) => call(by, `${verb} daemonsets.apps falco/falco`, parts);
const scale = (by: Caller, verb: string, spec: Json, parts = {}) =>
  call(by, `${verb} deployments.apps/scale falco/falco-sidekick`, { request: { spec }, ...parts });
const OPTIONS = { kind: 'DeleteOptions', apiVersion: 'v1' };
const nodeSelector = { none: 'here' };
const PINNING = { op: 'add', path: '/spec/template/spec/nodeSelector', value: nodeSelector };
// What a patch with such an operation writes is only in the response.
const COPYING = { op: 'copy', from: '/metadata/name', path: '/metadata/labels/team' };
const COPIED = { request: [COPYING], response: { spec: {} } };

export const examples = () => ({
  fires: {
    'mallory deleted daemonset falco/falco': falco(mallory, 'delete'),
    'mallory deleted all daemonsets in namespace falco': call(mallory, 'deletecollection daemonsets.apps falco/'),
    'mallory deleted daemonset stackrox/collector': call(mallory, 'delete daemonsets.apps stackrox/collector'),
    'mallory deleted namespace kyverno': call(mallory, 'delete namespaces kyverno'),
    // With options in the body, the API server ignores the query.
    'oscar deleted daemonset falco/falco': falco(oscar, 'delete', { query: 'dryRun=All', request: OPTIONS }),
    'alice switched off deployment falco/falco-sidekick': scale(alice, 'patch', { replicas: 0 }),
    'mallory switched off deployment falco/falco-sidekick': scale(mallory, 'update', {}),
    'oscar switched off deployment falco/falco-sidekick': scale(oscar, 'patch', { replicas: null }),
    'carol switched off deployment falco/falco-sidekick': scale(carol, 'patch', null),
    'dave switched off deployment falco/falco-sidekick': scale(dave, 'patch', {}, COPIED),
    'mallory switched off daemonset falco/falco': falco(mallory, 'patch', { request: [PINNING] }),
    'oscar switched off daemonset falco/falco': falco(oscar, 'patch', {
      request: [PINNING, COPYING],
      response: workload('DaemonSet', { nodeSelector }),
    }),
    'mallory was denied deleting daemonset falco/falco': falco(mallory, 'delete', { code: 403 }),
  },
  silent: {
    'an upgrade of the agent': falco(alice, 'update', { request: workload('DaemonSet', { nodeSelector }) }),
    'scaled down to one': [scale(alice, 'patch', { replicas: 1 }), scale(alice, 'update', { replicas: 1 })],
    'a patch of something else': scale(alice, 'patch', {}),
    'a denied update, whose body is not logged': scale(mallory, 'update', {}, { code: 403 }),
    'the namespace is changed': call(alice, 'patch namespaces falco', { request: { spec: { replicas: 0 } } }),
    'the namespace controller clears up': falco(controller('namespace-controller'), 'delete'),
    'a workload with a similar name': call(alice, 'delete daemonsets.apps shop/falconry-shop'),
    'a dry run removes nothing': [
      falco(alice, 'delete', { query: 'dryRun=All', level: 'RequestResponse' }),
      falco(alice, 'delete', { request: { ...OPTIONS, dryRun: ['All'] } }),
    ],
  },
});
