import { isUserOrWorkload } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import type { AuditHeader } from '../../events/event.ts';
import { audit, controller, human, pod, truncated } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'audit-record-truncated',
  title: 'Audit record too long to be kept whole',
  description:
    'A request was so large that its audit record was cut, and what it wrote can’t be seen. Somebody can do that on purpose, by padding an object with a long annotation, to keep its content from every detection that reads it.',
  tactic: 'defense-evasion',
  attack: ['T1562.008'],
  impact: 60,
  confidence: 60,
  type: 'Anomaly',
  falsePositives:
    'Large custom resource definitions and dashboards are cut whenever a pipeline applies them. Suppress them by name.',
  triage:
    'Look at the object itself: kubectl get <resource> <name> -o yaml. A pod or role of hundreds of kilobytes hides something.',
  references: [
    'https://attack.mitre.org/techniques/T1562/008/',
    'https://docs.aws.amazon.com/eks/latest/best-practices/auditing-and-logging.html',
    'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html',
  ],
  answers: [],
  needs: 'header',
  on: { verbs: ['create', 'update', 'patch'], actor: isUserOrWorkload, truncated: true },
  match: () => true,
  // Definitions of custom resources are this long by nature, and nothing runs because of one.
  weight: ({ object }) => (object.resource === 'customresourcedefinitions' ? { confidence: 20 } : {}),
  entities: (event) => ({ principal: principalOf(event.actor), object: objectOf(event) }),
  summary: (event) => {
    const name = nameOf(event.actor, event.impersonated);
    return `${name} sent a ${event.verb} of ${objectOf(event)} too long for the audit log`;
  },
});

const objectOf = ({ object, path }: AuditHeader): string =>
  [object.resource, object.subresource, object.namespace, object.name].filter((part) => part !== '').join('/') || path;

const padded = (by = human('mallory'), resource = 'pods') =>
  audit({
    verb: 'create',
    by,
    resource,
    namespace: 'default',
    request: pod({ hostNetwork: true }, { annotations: { note: 'x'.repeat(2000) } }),
  });

export const examples = () => ({
  fires: {
    'mallory sent a create of pods/default too long for the audit log': truncated(padded()),
    'alice sent a create of clusterroles too long for the audit log': truncated(
      audit({
        verb: 'create',
        by: human(),
        resource: 'clusterroles.rbac.authorization.k8s.io',
        request: { rules: [{ verbs: ['*'] }], filler: 'x'.repeat(2000) },
      }),
    ),
  },
  silent: {
    'a record that was kept whole': padded(),
    'the marker inside a whole record': audit({
      verb: 'create',
      by: human(),
      resource: 'pods',
      namespace: 'default',
      request: pod({}, { annotations: { note: '[Truncated...]' } }),
    }),
    'a controller writes what somebody else wrote before': truncated(padded(controller('replicaset-controller'))),
  },
});
