/** How far a Service or an Ingress can be reached from, as the load balancer controllers of AWS read it. */
import type { AuditEvent } from '../events/event.ts';
import { at, type JsonObject, objectAt, objectsAt, textAt, textsAt } from '../primitives/json.ts';

/** `unknown`: it depends on something outside the object, such as the class of an Ingress. */
export type Reach = 'public' | 'internal' | 'unknown';

/** The object as it is after the request; where the answer is missing (a refusal), as it was asked for. */
export const storedObject = (event: AuditEvent): JsonObject => event.body ?? {};

/**
 * Whether a request writes one of these paths of the object. A create or an update writes everything; a patch what it names, or
 * takes away with what is around it; a patch that can't be followed, everything.
 */
export const writesAny = (event: AuditEvent, ...paths: readonly (readonly string[])[]): boolean => {
  const { verb, requestObject } = event;
  if (verb !== 'patch' || requestObject === undefined) return true;
  return paths.some((path) => {
    const isGone = path.some((_, depth) => at(requestObject, ...path.slice(0, depth)) === null);
    return isGone || at(requestObject, ...path) !== undefined;
  });
};

const SERVICE = 'service.beta.kubernetes.io/';

/** Classes whose controllers make an internal load balancer by default. */
const INTERNAL_BY_DEFAULT = new Set(['service.k8s.aws/nlb', 'eks.amazonaws.com/nlb']);

/**
 * Where a Service of type LoadBalancer can be reached from. Sources: "Annotations" of the AWS Load Balancer Controller, whose load
 * balancers are internal by default, and of the cloud provider, whose are public by default.
 */
export const reachOfService = (service: JsonObject): Reach => {
  const annotation = (name: string) => textAt(service, 'metadata', 'annotations', `${SERVICE}${name}`).trim();
  const ranges = [
    ...textsAt(service, 'spec', 'loadBalancerSourceRanges'),
    ...annotation('load-balancer-source-ranges').split(','),
  ];
  if (isRestricted(ranges)) return 'internal';
  const scheme = annotation('aws-load-balancer-scheme');
  if (scheme !== '') return scheme === 'internal' ? 'internal' : 'public';
  const internal = annotation('aws-load-balancer-internal');
  if (internal !== '') return internal === 'false' ? 'public' : 'internal';
  const hasController =
    INTERNAL_BY_DEFAULT.has(textAt(service, 'spec', 'loadBalancerClass')) ||
    ['external', 'nlb-ip'].includes(annotation('aws-load-balancer-type'));
  return hasController ? 'internal' : 'public';
};

/** Where an Ingress can be reached from, as far as it says so itself. */
export const reachOfIngress = (ingress: JsonObject): Reach => {
  const annotations = objectAt(ingress, 'metadata', 'annotations') ?? {};
  const annotation = (name: string) => textAt(annotations, name).trim();
  const ranges = [
    ...annotation('alb.ingress.kubernetes.io/inbound-cidrs').split(','),
    ...annotation('nginx.ingress.kubernetes.io/whitelist-source-range').split(','),
    ...annotation('nginx.ingress.kubernetes.io/allowlist-source-range').split(','),
  ];
  if (isRestricted(ranges)) return 'internal';
  const scheme = annotation('alb.ingress.kubernetes.io/scheme');
  if (scheme !== '') return scheme === 'internal' ? 'internal' : 'public';
  return 'unknown';
};

/** The names of the Services that an Ingress routes to. */
export const backendsOf = (ingress: JsonObject): readonly string[] => {
  const paths = objectsAt(ingress, 'spec', 'rules').flatMap((rule) => objectsAt(rule, 'http', 'paths'));
  const backends = [objectAt(ingress, 'spec', 'defaultBackend'), ...paths.map((path) => objectAt(path, 'backend'))];
  // `serviceName` is how networking.k8s.io/v1beta1 said it.
  return backends
    .map((backend) => textAt(backend, 'service', 'name') || textAt(backend, 'serviceName'))
    .filter(Boolean);
};

/** Half of the internet twice is all of it, so a block this large restricts nobody. */
const LARGEST_BLOCK = 7;

const isRestricted = (ranges: readonly string[]): boolean => {
  const named = ranges.map((range) => range.trim()).filter((range) => range !== '');
  return named.length > 0 && named.every((range) => Number(range.split('/')[1] ?? 128) > LARGEST_BLOCK);
};
