import { isAddOn, isControlPlane } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { SECOND } from '../../primitives/time.ts';
import { beginsWithAll, isClusterWide, SENSITIVE_KINDS } from '../../sdk/cluster-lists.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  allowedToBackup,
  audit,
  awsBackup,
  controller,
  mallory,
  type RequestParts,
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
    'One principal listed several kinds of sensitive objects in all namespaces within a minute, from one address. An attacker who is new to a cluster takes stock of it in this way.',
  tactic: 'discovery',
  techniques: ['T1613'],
  impact: 50,
  confidence: 50,
  type: 'Anomaly',
  falsePositives:
    'Operators and inventory agents list what they watch when they start, and graphical clients list what they show.',
  triage:
    'See whether the principal does this every day. If not, look at what it did next, and revoke its credentials when nobody can explain it. When Secrets are among the kinds, treat them as read.',
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

const lists = (kinds: readonly string[], by = mallory, parts: Partial<RequestParts> = {}) =>
  series(
    kinds.length,
    (at, index) => audit({ verb: 'list', by, resource: kinds[index] as string, at, ...parts }),
    5 * SECOND,
  );

const watches = (query: string) =>
  lists(KINDS, serviceAccount('shop', 'web'), { verb: 'watch', query: `watch=true&${query}` });

export const examples = () => ({
  fires: {
    'mallory listed several kinds of sensitive resources in all namespaces': lists(KINDS),
    'service account shop/web listed several kinds of sensitive resources in all namespaces': watches(
      'sendInitialEvents=true&resourceVersion=5',
    ),
  },
  silent: {
    'two kinds are an ordinary morning': lists(KINDS.slice(0, 2)),
    'one kind, page by page': lists(['pods', 'pods', 'pods', 'pods']),
    'AWS Backup takes stock to save it': lists(KINDS, awsBackup(), allowedToBackup()),
    'within one namespace': lists(KINDS, alice, { namespace: 'shop' }),
    'a watch that goes on from where it was': watches('resourceVersion=81122&allowWatchBookmarks=true'),
    'the garbage collector looks at everything': lists(KINDS, controller('generic-garbage-collector')),
  },
});
