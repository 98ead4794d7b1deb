import { isAddOn, isUserOrWorkload } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, controller, human, listPods, mallory, nobody, node, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { firstSeen } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'principal-first-seen',
  title: 'Principal uses the cluster for the first time (IAM role, IAM user or service account)',
  description:
    'An IAM role, IAM user or service account used the Kubernetes API and had not done so for 30 days. It is a new colleague or program, or access that somebody gave to themselves. All sessions of an IAM role are one principal.',
  tactic: 'initial-access',
  techniques: ['T1078'],
  impact: 40,
  confidence: 50,
  type: 'Anomaly',
  falsePositives: 'Every colleague, pipeline and operator uses the cluster for the first time once.',
  triage:
    'See who gave it access, and what it did first: aws eks list-access-entries --cluster-name <cluster>; kubectl -n kube-system get configmap aws-auth -o yaml. When nobody gave it access on purpose, remove the access entry: aws eks delete-access-entry --cluster-name <cluster> --principal-arn <arn>.',
  references: ['https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html'],
  related: [
    'guardduty:Discovery:Kubernetes/AnomalousBehavior.PermissionChecked',
    'elastic:execution_unusual_request_response_by_user_agent',
  ],
  audit: { level: 'metadata', actor: (actor: Actor) => isUserOrWorkload(actor) && !isAddOn(actor), dryRun: true },
  // What an operator does all day (its leases and watches) adds nothing to its first list.
  find: ({ verb, object }) => verb !== 'watch' && object.resource !== 'leases' && object.resource !== 'events',
  window: firstSeen({ days: 30 }),
  about: 'caller',
  summary: (_found, event) => said(event, 'use', `the cluster for the first time, from ${event.address}`),
});

const operator = (line: string) => call(serviceAccount('cert-manager', 'cert-manager'), line);

export const examples = () => ({
  fires: {
    'alice used the cluster for the first time, from 203.0.113.20': [
      listPods(alice),
      listPods(human('alice', { ip: '198.51.100.9' }), { at: '2026-03-02T11:45:00Z' }),
    ],
    'service account shop/default used the cluster for the first time, from 10.0.2.31': call(
      serviceAccount('shop', 'default'),
      'create selfsubjectrulesreviews.authorization.k8s.io',
    ),
    'mallory as alice used the cluster for the first time, from 203.0.113.20': listPods(mallory, {
      impersonated: { username: 'alice' },
    }),
  },
  silent: {
    'nodes and controllers are part of Kubernetes': [listPods(node()), listPods(controller('job-controller'))],
    'the network plug-in starts on a new cluster': listPods(serviceAccount('kube-system', 'aws-node')),
    'an operator renews its lease, watches and reports': [
      operator('update leases.coordination.k8s.io kube-system/cert-manager-controller'),
      operator('watch certificates.cert-manager.io'),
      operator('create events shop/'),
    ],
    'a denied caller has no access': [listPods(mallory, { code: 403 }), listPods(nobody(), { code: 401 })],
  },
});
