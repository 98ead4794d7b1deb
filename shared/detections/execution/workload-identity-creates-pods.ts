import { isControlPlane } from '../../eks/identities.ts';
import { nameOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { WORKLOADS } from '../../kubernetes/workload.ts';
import { audit, controller, createPod, human, pod, serviceAccount, workload } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection, type Selection } from '../../sdk/legacy.ts';

const STREAMS = ['exec', 'attach', 'ephemeralcontainers'];

const WORKLOAD_IDENTITY: Selection = {
  outcomes: ['succeeded', 'denied'],
  actor: (actor) => actor.serviceAccount !== undefined && !isControlPlane(actor),
};

const STREAMED = STREAMS.map((stream) => `pods/${stream}`);

export default defineDetection({
  id: 'workload-identity-creates-pods',
  title: 'Workload’s identity starts or enters pods for the first time',
  description:
    'A service account that is no controller of Kubernetes made pods or workloads, or ran commands in them, which it has not done on any of the last 30 days. Stolen tokens of workloads are turned into code that way; deploy tools and operators do it every day and are known after the first.',
  tactic: 'execution',
  attack: ['T1610'],
  impact: 60,
  confidence: 60,
  type: 'Anomaly',
  falsePositives: 'A new operator, a new job runner or deploy tool in the cluster: once each.',
  triage:
    'Candidate whether that software is meant to start pods. If not, its token is in other hands, or it has been taken over.',
  references: [
    'https://kubehound.io/reference/attacks/POD_CREATE/',
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
  ],
  answers: [
    'guardduty:Execution:Kubernetes/AnomalousBehavior.WorkloadDeployed',
    'guardduty:Execution:Kubernetes/AnomalousBehavior.ExecInPod',
    'defender:K8S_ServiceAccountRareOperation',
  ],
  needs: 'header or body',
  on: {
    ...WORKLOAD_IDENTITY,
    verbs: ['create', 'update', 'patch'],
    resources: [...WORKLOADS, ...STREAMED],
    // GET is how a WebSocket client opens a stream.
    or: [{ ...WORKLOAD_IDENTITY, verbs: ['get'], resources: STREAMED }],
  },
  options: { lookbackDays: [30, 'days without such a request after which it counts as new again'] },
  match: (event) => !event.dryRun && actionOf(event) !== '',
  // First-seen where the catalogue names no state: an operator at work would raise a finding every day.
  state: { kind: 'first-seen', lookback: (options) => options.lookbackDays },
  weight: (event) => (event.outcome === 'denied' ? { confidence: 40 } : {}),
  entities: (event) => ({
    serviceAccount: `${event.actor.serviceAccount?.namespace}/${event.actor.serviceAccount?.name}`,
    action: `${event.outcome === 'denied' ? 'refused: ' : ''}${actionOf(event)}`,
  }),
  summary: (event) => {
    const did = event.outcome === 'denied' ? 'was refused' : 'was allowed';
    const { namespace } = event.object;
    return `${nameOf(event.actor, event.impersonated)} ${did} to ${actionOf(event)} in ${namespace} for the first time`;
  },
});

/** Empty for what neither makes nor enters anything: reads, and changes of what is there. */
const actionOf = ({ verb, code, object }: AuditEvent): string => {
  if (object.subresource !== '') return object.subresource === 'ephemeralcontainers' ? 'enter pods' : 'run commands';
  return verb === 'create' || (code === 201 && verb !== 'get') ? `create ${object.resource}` : '';
};

const by = /* @__PURE__ */ serviceAccount('shop', 'web');
const exec = {
  verb: 'get',
  by,
  resource: 'pods/exec',
  namespace: 'shop',
  name: 'db-0',
  query: 'command=sh',
  code: 101,
};

export const examples = () => ({
  fires: {
    'service account shop/web was allowed to create pods in default for the first time': [
      createPod(by, pod({})),
      createPod(by, pod({}), { at: '2026-03-20T10:15:00Z' }),
    ],
    'service account shop/web was allowed to create deployments in shop for the first time': audit({
      verb: 'patch',
      by,
      resource: 'deployments.apps',
      namespace: 'shop',
      name: 'web',
      request: workload('Deployment', {}),
      query: 'fieldManager=x&force=true',
      code: 201,
    }),
    'service account shop/web was allowed to run commands in shop for the first time': audit({
      ...exec,
      // To a stream the parameter means nothing.
      query: 'command=id&dryRun=All',
    }),
    'service account shop/web was refused to create daemonsets in shop for the first time': audit({
      verb: 'create',
      by,
      resource: 'daemonsets.apps',
      namespace: 'shop',
      code: 403,
    }),
  },
  silent: {
    'controllers make pods all day': createPod(controller('replicaset-controller'), pod({})),
    'reading and scaling makes nothing': [
      audit({ ...exec, resource: 'pods', query: '', code: 200 }),
      audit({ verb: 'patch', by, resource: 'deployments.apps', namespace: 'shop', name: 'web', request: { spec: {} } }),
    ],
    'people and pipelines deploy': createPod(human(), pod({})),
    'a dry run makes nothing': createPod(by, pod({}), { query: 'dryRun=All' }),
  },
});
