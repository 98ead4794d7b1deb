import { isControlPlane } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { WORKLOADS } from '../../kubernetes/workload.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, createPod, pod, replicaPod, serviceAccount, workload } from '../../sdk/examples.ts';
import { inNamespace, isNew, said } from '../../sdk/phrases.ts';
import { firstSeen } from '../../sdk/windows.ts';

const STREAMS = ['pods/exec', 'pods/attach', 'pods/ephemeralcontainers'];

const isWorkload = (actor: Actor) => actor.serviceAccount !== undefined && !isControlPlane(actor);

export default defineDetection({
  id: 'workload-identity-creates-pods',
  title: 'Service account creates or enters pods for the first time',
  description:
    'A service account that is no controller of Kubernetes created pods or workloads, or ran commands in pods, for the first time in 30 days. An attacker with a stolen token runs code in the cluster in this way. Deploy tools and operators do so every day, and are known after the first time.',
  tactic: 'execution',
  techniques: ['T1610'],
  impact: 60,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'Anomaly',
  falsePositives: 'A new operator, job runner or deploy tool in the cluster, once each.',
  triage:
    'Check whether that software is meant to start pods. If not, delete what it created, and remove the right from its role. Then delete its own pods, because their tokens may be stolen: kubectl -n <namespace> delete pod <name>.',
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
    { level: 'any', verbs: WRITE_VERBS, resources: [...WORKLOADS, ...STREAMS], actor: isWorkload },
    // A WebSocket client opens a stream with GET.
    { level: 'any', verbs: ['get'], resources: STREAMS, actor: isWorkload },
  ],
  find: (event) => {
    const { serviceAccount } = event.actor;
    if (serviceAccount === undefined) return undefined;
    const account = `${serviceAccount.namespace}/${serviceAccount.name}`;
    const { resource, subresource } = event.object;
    if (subresource === 'ephemeralcontainers') return { account, verb: 'enter', object: 'pods' } as const;
    if (subresource !== '') return { account, verb: 'run', object: 'commands' } as const;
    return isNew(event) && ({ account, verb: 'create', object: resource } as const);
  },
  // First-seen, because an operator does this every day.
  window: firstSeen({ days: 30 }),
  entities: ({ account, verb, object }, { outcome }) => ({
    serviceAccount: account,
    action: `${outcome === 'denied' ? 'denied: ' : ''}${verb} ${object}`,
  }),
  principal: false,
  summary: ({ verb, object }, event) =>
    said(event, verb, `${object}${inNamespace(event.object.namespace)} for the first time`),
});

const web = /* @__PURE__ */ serviceAccount('shop', 'web');
const create = (parts = {}) => createPod(web, pod({}), parts);
const apply = (code: number) =>
  call(web, 'patch deployments.apps shop/web', { request: workload('Deployment', {}), code });
// The API server ignores dryRun for a stream.
const run = () => call(web, 'get pods/exec shop/web-0', { query: 'command=id&dryRun=All', code: 101 });
const debug = () => call(web, 'patch pods/ephemeralcontainers shop/web-0');
const attempt = () => call(web, 'create daemonsets.apps shop/', { code: 403 });

export const examples = () => ({
  fires: {
    'service account shop/web created pods in namespace default for the first time': [
      create(),
      create({ at: '2026-03-20T10:15:00Z' }),
    ],
    'service account shop/web created deployments in namespace shop for the first time': apply(201),
    'service account shop/web ran commands in namespace shop for the first time': run(),
    'service account shop/web entered pods in namespace shop for the first time': debug(),
    'service account shop/web was denied creating daemonsets in namespace shop for the first time': attempt(),
  },
  silent: {
    'controllers make pods all day': replicaPod('web'),
    'reading and scaling create nothing': [call(web, 'get pods shop/web-0'), apply(200)],
    'people and pipelines deploy': createPod(alice, pod({})),
    'a dry run creates nothing': create({ query: 'dryRun=All' }),
  },
});
