import { isUserOrWorkload } from '../../eks/identities.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { ANY_OUTCOME, defineDetection } from '../../sdk/detection.ts';
import { alice, call, controller, createPod, mallory, pod, truncated } from '../../sdk/examples.ts';
import { inNamespace, said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'audit-record-truncated',
  title: 'Audit log record truncated (oversized request)',
  description:
    'A write request was so large that CloudWatch Logs cut its audit record, so detections cannot read what was written. An attacker can cause this on purpose: a long annotation is enough to hide a privileged pod.',
  tactic: 'defense-evasion',
  techniques: ['T1562.008'],
  impact: 60,
  confidence: 60,
  type: 'Anomaly',
  falsePositives: 'Pipelines that apply large custom resource definitions or dashboards. Suppress them by name.',
  triage:
    'Read the object itself: kubectl -n <namespace> get <resource> <name> -o yaml. A pod or role of hundreds of kilobytes hides something: keep a copy of it, then delete it with kubectl -n <namespace> delete <resource> <name>.',
  references: [
    'https://attack.mitre.org/techniques/T1562/008/',
    'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html',
  ],
  related: [],
  audit: {
    level: 'metadata',
    truncated: true,
    verbs: WRITE_VERBS,
    outcomes: ANY_OUTCOME,
    actor: isUserOrWorkload,
    dryRun: true,
  },
  find: ({ object, path }) => [object.resource, object.subresource, object.name].filter(Boolean).join('/') || path,
  // Custom resource definitions are long by nature, and nothing runs because of one.
  weight: (_found, { object }) => (object.resource === 'customresourcedefinitions' ? { confidence: 20 } : {}),
  entities: (object, event) => ({ namespace: event.object.namespace, object }),
  summary: (object, event) =>
    said(event, 'send', `an oversized ${event.verb} request for ${object}${inNamespace(event.object.namespace)}`),
});

const padded = (by = mallory, line = 'create pods default/') =>
  call(by, line, { request: { metadata: { annotations: { note: 'x'.repeat(2000) } } } });

export const examples = () => ({
  fires: {
    'mallory sent an oversized create request for pods in namespace default': truncated(padded()),
    'alice sent an oversized patch request for clusterroles/admin': truncated(
      padded(alice, 'patch clusterroles.rbac.authorization.k8s.io admin'),
    ),
  },
  silent: {
    'a record that was kept whole': padded(),
    'the marker inside a whole record': createPod(alice, pod({}, { annotations: { note: '[Truncated...]' } })),
    'a controller writes what somebody else wrote before': truncated(padded(controller('replicaset-controller'))),
  },
});
