import { isControlPlane } from '../../eks/identities.ts';
import type { Actor, AuditEvent } from '../../events/event.ts';
import { at as valueAt } from '../../primitives/json.ts';
import { SECOND } from '../../primitives/time.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { audit, controller, mallory, series, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { threshold } from '../../sdk/windows.ts';

/** The right that was asked for; a request without a body counts as one of its own. */
const rightOf = ({ requestObject, ref }: AuditEvent): string => {
  const spec = valueAt(requestObject, 'spec');
  return spec === undefined ? ref : JSON.stringify(spec);
};

export default defineDetection({
  id: 'permissions-enumerated',
  title: 'Own RBAC permissions tried out (kubectl auth can-i)',
  description:
    'One principal asked the API server about many different rights of its own in a few minutes. Tools find out in this way what stolen credentials are good for; software that checks a right checks the same one every time.',
  tactic: 'discovery',
  techniques: ['T1069', 'T1613'],
  impact: 50,
  confidence: 60,
  type: 'Anomaly',
  falsePositives: 'Graphical clients and dashboards grey out what their user may not do, and ask for each button.',
  triage:
    'Look at the client and the address. For a workload, look at its pod, since somebody may be inside: kubectl -n <namespace> get pods -o wide. Then delete the pod, and see what was done with the rights that were found.',
  references: [
    'https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access',
    'https://attack.mitre.org/techniques/T1069/',
  ],
  related: [
    'guardduty:Discovery:Kubernetes/AnomalousBehavior.PermissionChecked',
    'datadog:Permission enumeration attempt',
    'google:Discovery: Can get sensitive Kubernetes object check',
    'elastic:discovery_suspicious_self_subject_review',
    'sigma:kubernetes_audit_rbac_permisions_listing',
  ],
  audit: {
    level: 'any',
    verbs: ['create'],
    resources: ['selfsubjectaccessreviews'],
    actor: (actor: Actor) => !isControlPlane(actor),
    dryRun: true, // The answer is the same.
  },
  // What a pod may do is decided when it is deployed; only a stranger inside it has to ask.
  weight: (_found, { actor }) => (actor.serviceAccount === undefined ? {} : { impact: 70 }),
  window: threshold({ limit: 10, of: 'different rights', minutes: 5 }),
  distinct: (_found, event) => rightOf(event),
  summary: (_found, event) => said(event, 'check', 'many of their own permissions'),
});

const asks = (count: number, by = mallory, resource = (index: number) => `resource-${index}`) =>
  series(
    count,
    (at, index) =>
      audit({
        verb: 'create',
        by,
        resource: 'selfsubjectaccessreviews.authorization.k8s.io',
        request: {
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes: { verb: 'get', resource: resource(index) } },
        },
        at,
      }),
    SECOND,
  );

export const examples = () => ({
  fires: {
    'mallory checked many of their own permissions': asks(11),
    'service account shop/web checked many of their own permissions': asks(30, serviceAccount('shop', 'web')),
  },
  silent: {
    'kubectl auth can-i, ten times': asks(10),
    'one right before every action': asks(200, serviceAccount('argocd', 'argocd-server'), () => 'applications'),
    'the control plane asks for others': asks(50, controller('namespace-controller')),
  },
});
