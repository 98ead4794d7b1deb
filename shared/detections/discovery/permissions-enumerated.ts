import { at as valueAt } from '../../primitives/json.ts';
import { SECOND } from '../../primitives/time.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { bob, call, controller, mallory, series, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { isNotControlPlane } from '../../sdk/selections.ts';
import { threshold } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'permissions-enumerated',
  title: 'Own RBAC permissions tried out (kubectl auth can-i)',
  description:
    'One principal asked the API server about many different rights of its own in a few minutes. Attack tools do so to find out what stolen credentials allow. Ordinary software checks the same right every time.',
  tactic: 'discovery',
  techniques: ['T1069', 'T1613'],
  impact: 50,
  confidence: 60,
  type: 'Anomaly',
  falsePositives: 'Graphical clients and dashboards check a right for each button that they show.',
  triage:
    'Look at the client and the address. For a workload, look at its pod, since an attacker may be in it: kubectl -n <namespace> get pods -o wide. Then delete the pod, and look at what else the principal did.',
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
    actor: isNotControlPlane,
    dryRun: true, // The answer is the same.
  },
  // A workload is made for the rights that it has, so it rarely checks many.
  weight: (_found, { actor }) => (actor.serviceAccount === undefined ? {} : { impact: 70 }),
  window: threshold({ limit: 10, of: 'different rights', minutes: 5 }),
  // The right that was asked for. A request without a body counts as a right of its own.
  distinct: (_found, { requestObject, ref }) => JSON.stringify(valueAt(requestObject, 'spec') ?? ref),
  summary: (_found, event) => said(event, 'check', 'many of their own permissions'),
});

const REVIEW = 'create selfsubjectaccessreviews.authorization.k8s.io';
const right = (resource: string) => ({ request: { spec: { resourceAttributes: { verb: 'get', resource } } } });
const asks = (count: number, by = mallory, parts = (index: number): object => right(`resource-${index}`)) =>
  series(count, (at, index) => call(by, REVIEW, { ...parts(index), at }), SECOND);

export const examples = () => ({
  fires: {
    'mallory checked many of their own permissions': asks(11),
    'service account shop/web checked many of their own permissions': asks(30, serviceAccount('shop', 'web')),
    'bob checked many of their own permissions': asks(11, bob, () => ({})),
  },
  silent: {
    'kubectl auth can-i, ten times': asks(10),
    'one right before every action': asks(200, serviceAccount('argocd', 'argocd-server'), () => right('applications')),
    'the control plane': asks(50, controller('namespace-controller')),
  },
});
