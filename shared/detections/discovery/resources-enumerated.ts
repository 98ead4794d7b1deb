import { isAddOn, isControlPlane } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { SECOND } from '../../primitives/time.ts';
import { beginsWithAll, isClusterWide, SENSITIVE_KINDS } from '../../sdk/cluster-lists.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  allowedToBackup,
  awsBackup,
  bob,
  call,
  controller,
  mallory,
  series,
  serviceAccount,
} from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { threshold } from '../../sdk/windows.ts';

const SENSITIVE = {
  level: 'metadata',
  resources: SENSITIVE_KINDS,
  actor: (actor: Actor) => !isControlPlane(actor) && !isAddOn(actor),
} as const;

export default defineDetection({
  id: 'resources-enumerated',
  title: 'Sensitive resources listed across the cluster',
  description:
    'One principal listed several kinds of sensitive objects in all namespaces within a minute, from one address. Attackers do so to learn what is in a cluster.',
  tactic: 'discovery',
  techniques: ['T1613'],
  impact: 50,
  confidence: 50,
  type: 'Anomaly',
  falsePositives:
    'Operators and inventory agents list what they watch when they start, and graphical clients list what they show.',
  triage:
    'See whether the principal does this every day. If not, look at what it did next, and list its rights: kubectl auth can-i --list --as <user>. If nobody can explain it, revoke its credentials and rotate the Secrets that it listed.',
  references: [
    'https://attack.mitre.org/techniques/T1613/',
    'https://github.com/elastic/detection-rules/blob/main/rules/integrations/kubernetes/discovery_kubernetes_multi_resource_setup_recon.toml',
  ],
  related: [
    'elastic:discovery_kubernetes_multi_resource_setup_recon',
    'sigma:kubernetes_audit_potential_enumeration_activity',
  ],
  audit: [
    { ...SENSITIVE, verbs: ['list'], uri: isClusterWide },
    { ...SENSITIVE, verbs: ['watch'], uri: (uri: string) => isClusterWide(uri) && beginsWithAll(uri) },
  ],
  find: ({ object }) => object.namespace === '' && object.name === '',
  window: threshold({ limit: 2, of: 'kinds of resources', seconds: 60 }),
  distinct: (_found, { object }) => object.resource,
  entities: (_found, { address }) => ({ sourceAddress: address }),
  summary: (_found, event) => said(event, 'list', 'several kinds of sensitive resources in all namespaces'),
});

const KINDS = ['secrets', 'pods', 'clusterroles.rbac.authorization.k8s.io'];
const lists = (kinds: readonly string[], by = mallory, parts = {}, verb = 'list') =>
  series(kinds.length, (at, index) => call(by, `${verb} ${kinds[index]}`, { at, ...parts }), 5 * SECOND);
const watches = (query: string) => lists(KINDS, bob, { query: `watch=true&resourceVersion=5&${query}` }, 'watch');

export const examples = () => ({
  fires: {
    'mallory listed several kinds of sensitive resources in all namespaces': lists(KINDS),
    'bob listed several kinds of sensitive resources in all namespaces': watches('sendInitialEvents=true'),
  },
  silent: {
    'two kinds': lists(KINDS.slice(0, 2)),
    'one kind, page by page': lists(['pods', 'pods', 'pods', 'pods']),
    'AWS Backup': lists(KINDS, awsBackup(), allowedToBackup()),
    'within one namespace': lists(KINDS, mallory, { namespace: 'shop' }),
    'one name': lists(KINDS, mallory, { name: 'web', query: 'fieldSelector=metadata.name%3Dweb' }),
    'a watch that goes on from a version': watches('allowWatchBookmarks=true'),
    'the garbage collector': lists(KINDS, controller('generic-garbage-collector')),
    'an add-on': lists(KINDS, serviceAccount('kube-system', 'coredns')),
  },
});
