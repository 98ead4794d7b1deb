/** Lists of what is in every namespace of a cluster. */
import { pathOf, queryOf } from '../kubernetes/request-uri.ts';

/** Kinds that show how a cluster is guarded, and what is worth stealing in it. */
export const SENSITIVE_KINDS: readonly string[] = [
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
];

/** The request's path is inside no namespace. */
export const isClusterWide = (uri: string): boolean =>
  !/^\/api(?:\/[^/]+|s\/[^/]+\/[^/]+)\/(?:watch\/)?namespaces\//.test(pathOf(uri));

/** A watch that begins with everything there is gives as much as a list; one that goes on from a version only gives what is new. */
export const beginsWithAll = (uri: string): boolean => {
  const query = queryOf(uri);
  const versions = query.get('resourceVersion') ?? [''];
  return (
    query.get('sendInitialEvents')?.includes('true') || versions.every((version) => version === '' || version === '0')
  );
};
