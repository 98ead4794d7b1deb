import { isAddOn, isControlPlane } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import type { AuditHeader } from '../../events/event.ts';
import { pathOf, queryOf } from '../../kubernetes/request-uri.ts';
import { SECOND } from '../../primitives/time.ts';
import { allowedToBackup, awsBackup } from '../../sdk/aws-service-examples.ts';
import { audit, controller, human, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection, type Selection } from '../../sdk/legacy.ts';

const SENSITIVE: Selection = {
  resources: [
    'clusterrolebindings',
    'clusterroles',
    'configmaps',
    'networkpolicies',
    'nodes',
    'pods',
    'rolebindings',
    'roles',
    'secrets',
    'serviceaccounts',
    'validatingwebhookconfigurations',
    'mutatingwebhookconfigurations',
  ],
  outcomes: ['succeeded'],
  actor: (actor) => !isControlPlane(actor) && !isAddOn(actor),
};

const isClusterWide = (uri: string): boolean =>
  !/^\/api(?:\/[^/]+|s\/[^/]+\/[^/]+)\/(?:watch\/)?namespaces\//.test(pathOf(uri));

/** A watch that begins with everything there is gives as much as a list; one that goes on from a version only gives what is new. */
const isFresh = (query: AuditHeader['query']): boolean => {
  const versions = query.get('resourceVersion') ?? [''];
  return (
    query.get('sendInitialEvents')?.includes('true') || versions.every((version) => version === '' || version === '0')
  );
};

export default defineDetection({
  id: 'resources-enumerated',
  title: 'Sensitive resources listed across the cluster',
  description:
    'One principal listed several kinds of sensitive objects over all namespaces within a minute, from one address: the stock-taking of somebody who is new here.',
  tactic: 'discovery',
  attack: ['T1613'],
  impact: 50,
  confidence: 50,
  type: 'Anomaly',
  falsePositives:
    'Operators and inventory agents list what they watch when they start, and graphical clients list what they show.',
  triage: 'See whether the principal does this every day. For a person, look at what followed.',
  references: [
    'https://attack.mitre.org/techniques/T1613/',
    'https://github.com/elastic/detection-rules/blob/main/rules/integrations/kubernetes/discovery_kubernetes_multi_resource_setup_recon.toml',
  ],
  answers: [
    'elastic:discovery_kubernetes_multi_resource_setup_recon',
    'sigma:kubernetes_audit_potential_enumeration_activity',
  ],
  needs: 'header',
  on: {
    ...SENSITIVE,
    verbs: ['list'],
    uri: isClusterWide,
    or: [{ ...SENSITIVE, verbs: ['watch'], uri: (uri) => isClusterWide(uri) && isFresh(queryOf(uri)) }],
  },
  options: {
    limit: [2, 'kinds that may be listed cluster-wide within the window'],
    windowSeconds: [60, 'length of the sliding window, in seconds'],
  },
  match: (event) => event.object.namespace === '' && event.object.name === '',
  state: {
    kind: 'threshold',
    limit: (options) => options.limit,
    window: (options) => options.windowSeconds * SECOND,
    distinct: (event) => event.object.resource,
  },
  entities: (event) => ({ principal: principalOf(event.actor), sourceAddress: event.address }),
  summary: (event) => `${nameOf(event.actor, event.impersonated)} listed sensitive resources across the cluster`,
});

const lists = (kinds: readonly string[], by = human('mallory'), parts: object = {}) =>
  kinds.map((resource, index) =>
    audit({ verb: 'list', by, resource, at: `2026-03-02T10:15:${10 + index * 5}Z`, ...parts }),
  );
const KINDS = ['secrets', 'pods', 'clusterroles.rbac.authorization.k8s.io'];

export const examples = () => ({
  fires: {
    'mallory listed sensitive resources across the cluster': lists(KINDS),
    'service account shop/web listed sensitive resources across the cluster': lists(
      KINDS,
      serviceAccount('shop', 'web'),
      {
        verb: 'watch',
        query: 'watch=true&sendInitialEvents=true&resourceVersion=5',
      },
    ),
  },
  silent: {
    'two kinds are an ordinary morning': lists(KINDS.slice(0, 2)),
    'one kind, page by page': lists(['pods', 'pods', 'pods', 'pods']),
    'AWS Backup takes stock to save it': lists(KINDS, awsBackup(), allowedToBackup()),
    'within one namespace': lists(KINDS, human(), { namespace: 'shop' }),
    'a watch that goes on from where it was': lists(KINDS, serviceAccount('shop', 'operator'), {
      verb: 'watch',
      query: 'watch=true&resourceVersion=81122&allowWatchBookmarks=true',
    }),
    'the garbage collector looks at everything': lists(KINDS, controller('generic-garbage-collector')),
  },
});
