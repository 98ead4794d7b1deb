import { isControlPlane } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, controller, serviceAccount } from '../../sdk/examples.ts';
import { isNew, nameOfObject, said } from '../../sdk/phrases.ts';
import { BINDINGS, RBAC_GROUP, ROLES } from '../../sdk/rbac.ts';
import { firstSeen } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'rbac-changed-by-workload',
  title: 'RBAC roles or bindings written by a workload (service account)',
  description:
    'A service account wrote a role or a binding for the first time in 30 days. An attacker who runs code in its pod can grant themselves any right that the account can hand out.',
  tactic: 'privilege-escalation',
  techniques: ['T1098.006'],
  impact: 80,
  confidence: 70,
  type: 'Anomaly',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: 'A GitOps controller or an operator at its first installation. After that it is known.',
  triage:
    'Read what was written: kubectl get <kind> <name> -o yaml. Then check the pod that did it: its image, who ran exec in it, and from which address its token was used. Delete the role or binding if nobody planned it.',
  references: ['https://kubernetes.io/docs/concepts/security/rbac-good-practices/'],
  related: ['elastic:privilege_escalation_service_account_rbac_write_operation'],
  audit: {
    level: 'metadata',
    verbs: WRITE_VERBS,
    resources: [...ROLES, ...BINDINGS],
    actor: (actor: Actor) => actor.serviceAccount !== undefined && !isControlPlane(actor),
  },
  find: ({ actor, object }) => object.group === RBAC_GROUP && actor.serviceAccount,
  // First-seen, because a GitOps controller does this all day, and an alert that is always there is ignored.
  window: firstSeen({ days: 30 }),
  entities: ({ namespace, name }, { object }) => ({
    serviceAccount: `${namespace}/${name}`,
    resource: object.resource,
  }),
  principal: false,
  summary: (_found, event) => said(event, isNew(event) ? 'create' : 'change', nameOfObject(event.object)),
});

const api = /* @__PURE__ */ serviceAccount('shop', 'api');
const imitator = /* @__PURE__ */ controller('replicaset-controller-2');
const CREATE = 'create rolebindings.rbac.authorization.k8s.io shop/grant';
const CHANGE = 'patch clusterroles.rbac.authorization.k8s.io reader';

export const examples = () => ({
  fires: {
    'service account shop/api created rolebinding shop/grant': call(api, CREATE),
    'service account kube-system/replicaset-controller-2 created rolebinding shop/grant': call(imitator, CREATE),
    'service account shop/api changed clusterrole reader': call(api, CHANGE),
  },
  silent: {
    'a person, a controller': [call(alice, CREATE), call(controller('clusterrole-aggregation-controller'), CHANGE)],
    'a denied attempt changed nothing': call(api, CREATE, { code: 403 }),
    'a review is no change': call(api, 'create subjectaccessreviews.authorization.k8s.io'),
    'a custom resource of that name': call(api, 'create roles.example.com shop/grant'),
  },
});
