import { isControlPlane } from '../../eks/identities.ts';
import type { Actor, AuditEvent } from '../../events/event.ts';
import { WORKLOADS, WRITE_VERBS } from '../../kubernetes/workload.ts';
import { type AuditSelection, defineDetection } from '../../sdk/detection.ts';
import { alice, audit, controller, createPod, exec, patch, pod, serviceAccount, workload } from '../../sdk/examples.ts';
import { inNamespace, isNew, said } from '../../sdk/phrases.ts';
import { firstSeen } from '../../sdk/windows.ts';

const STREAMS = ['pods/exec', 'pods/attach', 'pods/ephemeralcontainers'];

const OF_WORKLOADS = {
  level: 'any',
  actor: (actor: Actor) => actor.serviceAccount !== undefined && !isControlPlane(actor),
} as const satisfies AuditSelection;

/** What neither creates nor enters anything has no verb: reads, and changes of what is there. */
const deedOf = (event: AuditEvent): readonly [verb: 'create' | 'enter' | 'run' | undefined, object: string] => {
  const { resource, subresource } = event.object;
  if (subresource === 'ephemeralcontainers') return ['enter', 'pods'];
  if (subresource !== '') return ['run', 'commands'];
  return [isNew(event) ? 'create' : undefined, resource];
};

export default defineDetection({
  id: 'workload-identity-creates-pods',
  title: 'Service account creates or enters pods for the first time',
  description:
    'A service account that is no controller of Kubernetes created pods or workloads, or ran commands in pods, for the first time in 30 days. An attacker with a stolen token runs code in the cluster in this way. Deploy tools and operators do it every day, and are known after the first time.',
  tactic: 'execution',
  techniques: ['T1610'],
  impact: 60,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'Anomaly',
  falsePositives: 'A new operator, a new job runner or deploy tool in the cluster: once each.',
  triage:
    'Check whether that software is meant to start pods. If not, treat its token as stolen or its pod as taken over: delete what it created, then its pods, which ends their tokens: kubectl -n <namespace> delete pod <name>. Remove the right from its role.',
  references: [
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
    'https://kubehound.io/reference/attacks/POD_CREATE/',
  ],
  related: [
    'guardduty:Execution:Kubernetes/AnomalousBehavior.WorkloadDeployed',
    'guardduty:Execution:Kubernetes/AnomalousBehavior.ExecInPod',
    'defender:K8S_ServiceAccountRareOperation',
  ],
  audit: [
    { ...OF_WORKLOADS, verbs: WRITE_VERBS, resources: [...WORKLOADS, ...STREAMS] },
    // GET is how a WebSocket client opens a stream.
    { ...OF_WORKLOADS, verbs: ['get'], resources: STREAMS },
  ],
  find: (event) => {
    const { serviceAccount } = event.actor;
    const [verb, object] = deedOf(event);
    return serviceAccount && verb && { account: `${serviceAccount.namespace}/${serviceAccount.name}`, verb, object };
  },
  // First-seen, because an operator at work would raise a finding every day.
  window: firstSeen({ days: 30 }),
  entities: ({ verb, object, account }, { outcome }) => ({
    serviceAccount: account,
    action: `${outcome === 'denied' ? 'refused: ' : ''}${verb} ${object}`,
  }),
  principal: false,
  summary: ({ verb, object }, event) =>
    said(event, verb, `${object}${inNamespace(event.object.namespace)} for the first time`),
});

const WEB = /* @__PURE__ */ serviceAccount('shop', 'web');

export const examples = () => ({
  fires: {
    'service account shop/web created pods in namespace default for the first time': [
      createPod(WEB, pod({})),
      createPod(WEB, pod({}), { at: '2026-03-20T10:15:00Z' }),
    ],
    'service account shop/web created deployments in namespace shop for the first time': patch(
      'deployments.apps',
      workload('Deployment', {}),
      { by: WEB, namespace: 'shop', query: 'fieldManager=x&force=true', code: 201 },
    ),
    // To a stream the parameter means nothing.
    'service account shop/web ran commands in namespace shop for the first time': exec('id', {
      by: WEB,
      query: 'command=id&dryRun=All',
    }),
    'service account shop/web was denied creating daemonsets in namespace shop for the first time': audit({
      verb: 'create',
      by: WEB,
      resource: 'daemonsets.apps',
      namespace: 'shop',
      code: 403,
    }),
  },
  silent: {
    'controllers make pods all day': createPod(controller('replicaset-controller'), pod({})),
    'reading and scaling makes nothing': [
      exec([], { by: WEB, resource: 'pods', query: '', code: 200 }),
      patch('deployments.apps', { spec: {} }, { by: WEB, namespace: 'shop' }),
    ],
    'people and pipelines deploy': createPod(alice, pod({})),
    'a dry run makes nothing': createPod(WEB, pod({}), { query: 'dryRun=All' }),
  },
});
