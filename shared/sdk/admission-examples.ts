/** Builders of raw records about admission configurations, for the examples beside the detections. */
import type { JsonObject } from '../primitives/json.ts';
import { type Caller, human, serviceAccount } from './caller-examples.ts';
import { audit, type RequestParts } from './record-examples.ts';

type Parts = Partial<RequestParts>;

/** The body of a configuration with one webhook. */
export const webhook = (
  clientConfig: JsonObject,
  resources: readonly string[] = ['pods'],
  apiGroups: readonly string[] = [''],
): JsonObject => ({
  webhooks: [{ name: 'hook.example.com', clientConfig, rules: [{ apiGroups, resources, operations: ['CREATE'] }] }],
});

/** Somebody creates a mutating configuration. */
export const writeHook = (by: Caller = human(), body?: JsonObject, parts: Parts = {}): JsonObject =>
  audit({
    verb: 'create',
    by,
    resource: 'mutatingwebhookconfigurations.admissionregistration.k8s.io',
    name: 'hook',
    ...(body && { request: body }),
    ...parts,
  });

/** Somebody patches a validating configuration. */
export const patchHook = (by: Caller, body: JsonObject | readonly JsonObject[], parts: Parts = {}): JsonObject =>
  writeHook(by, body as JsonObject, {
    verb: 'patch',
    resource: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
    name: 'deny',
    ...parts,
  });

/** The part of cert-manager that puts certificate authorities into webhooks. */
export const injector = /* @__PURE__ */ serviceAccount('cert-manager', 'cert-manager-cainjector');

/** What it writes there. */
export const renewed: readonly JsonObject[] = [{ name: 'hook', clientConfig: { caBundle: 'LS0t' } }];
