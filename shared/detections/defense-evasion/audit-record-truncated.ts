import { isUserOrWorkload } from '../../eks/identities.ts';
import type { AuditHeader } from '../../events/event.ts';
import { ANY_OUTCOME, defineDetection } from '../../sdk/detection.ts';
import { alice, audit, controller, mallory, pod, truncated } from '../../sdk/examples.ts';
import { inNamespace, said } from '../../sdk/phrases.ts';

const objectOf = ({ object, path }: AuditHeader): string =>
  [object.resource, object.subresource, object.name].filter((part) => part !== '').join('/') || path;

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
    'https://docs.aws.amazon.com/eks/latest/best-practices/auditing-and-logging.html',
    'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html',
  ],
  related: [],
  audit: {
    level: 'metadata',
    truncated: true,
    verbs: ['create', 'update', 'patch'],
    outcomes: ANY_OUTCOME,
    actor: isUserOrWorkload,
    dryRun: true,
  },
  // Custom resource definitions are long by nature, and nothing runs because of one.
  weight: (_found, { object }) => (object.resource === 'customresourcedefinitions' ? { confidence: 20 } : {}),
  entities: (_found, event) => ({ namespace: event.object.namespace, object: objectOf(event) }),
  summary: (_found, event) =>
    said(
      event,
      'send',
      `a ${event.verb} request for ${objectOf(event)}${inNamespace(event.object.namespace)} that was too long for the audit log`,
    ),
});

const padded = (by = mallory, resource = 'pods') =>
  audit({
    verb: 'create',
    by,
    resource,
    namespace: 'default',
    request: pod({ hostNetwork: true }, { annotations: { note: 'x'.repeat(2000) } }),
  });

export const examples = () => ({
  fires: {
    'mallory sent a create request for pods in namespace default that was too long for the audit log': truncated(
      padded(),
    ),
    'alice sent a create request for clusterroles that was too long for the audit log': truncated(
      audit({
        verb: 'create',
        by: alice,
        resource: 'clusterroles.rbac.authorization.k8s.io',
        request: { rules: [{ verbs: ['*'] }], filler: 'x'.repeat(2000) },
      }),
    ),
  },
  silent: {
    'a record that was kept whole': padded(),
    'the marker inside a whole record': audit({
      verb: 'create',
      by: alice,
      resource: 'pods',
      namespace: 'default',
      request: pod({}, { annotations: { note: '[Truncated...]' } }),
    }),
    'a controller writes what somebody else wrote before': truncated(padded(controller('replicaset-controller'))),
  },
});
