import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gather } from '../../shared/aggregates/gathering.ts';
import { DEFAULT_CONFIG, rulesOf } from '../../shared/config/config.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { scanRecords } from '../../shared/engine/scan.ts';
import { createSuppressor } from '../../shared/engine/suppression.ts';
import { createMemoryStore } from '../../shared/findings/memory-store.ts';
import type { JsonObject } from '../../shared/primitives/json.ts';
import { audit, human } from '../../shared/sdk/examples.ts';

/** The API requests that Stratus Red Team's techniques make, in order. Not part of this repository. */
const CORPUS = process.env['STRATUS_CORPUS'] ?? '../shared/corpora/stratus/technique-audit-sequences.jsonl';

/**
 * What the corpus expects of each technique, by our ids. `clusterrolebinding-to-recent-wildcard-role` has no answer of its own: the
 * binding names a role of the attacker's making, and what is dangerous about it is raised when that role is made.
 */
const ANSWERS: Readonly<Record<string, string | null>> = {
  'secrets-list-cluster-wide': 'secrets-listed-cluster-wide',
  'exec-into-pod': 'exec-into-pod',
  'exec-reads-serviceaccount-token': 'exec-reads-credentials',
  'clusterrole-wildcard': 'role-wildcard-granted',
  'serviceaccount-created-kube-system': 'service-account-in-system-namespace',
  'clusterrolebinding-to-recent-wildcard-role': null,
  'csr-client-auth-created': 'client-certificate-requested',
  'csr-approved-by-human': 'certificate-decided-by-hand',
  'csr-manually-deleted': 'certificate-decided-by-hand',
  'token-request-privileged-sa': 'service-account-token-minted',
  'token-request-long-expiry': 'service-account-token-minted',
  'pod-hostpath-root': 'pod-host-path',
  'role-nodes-proxy': 'role-dangerous-resources',
  'nodes-proxy-used': 'node-proxy-used',
  'pod-privileged': 'pod-privileged',
  'aws-auth-modified': 'aws-auth-changed',
  'aws-auth-adds-system-masters': 'aws-auth-changed',
};

interface Step {
  readonly verb: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string | null;
  readonly name?: string;
  readonly requestURI?: string;
  readonly requestObject?: JsonObject;
  readonly status?: number;
  readonly stages?: readonly string[];
}

interface Technique {
  readonly techniqueId: string;
  readonly auditSequence: readonly Step[];
  readonly expectDetections: readonly string[];
}

const GROUPS: Readonly<Record<string, string>> = {
  clusterroles: 'rbac.authorization.k8s.io',
  clusterrolebindings: 'rbac.authorization.k8s.io',
  certificatesigningrequests: 'certificates.k8s.io',
};

/** The places of the sequence that are named by a placeholder. */
const filled = (text: string): string => text.replace(/<(\w+)>/g, 'stratus-$1');

/** The corpus names of some rules only what matters; the API server takes none without verbs and groups. */
const wholeBody = (body: JsonObject): JsonObject =>
  Array.isArray(body['rules'])
    ? { ...body, rules: body['rules'].map((rule) => ({ verbs: ['get'], apiGroups: [''], ...(rule as JsonObject) })) }
    : body;

const recordsOf = (step: Step): readonly JsonObject[] => {
  const group = GROUPS[step.resource];
  const path = [group === undefined ? step.resource : `${step.resource}.${group}`, step.subresource]
    .filter(Boolean)
    .join('/');
  const isNamespaced = group === undefined && !['nodes', 'namespaces', 'secrets'].includes(step.resource);
  const namespace = step.namespace ?? (isNamespaced ? 'stratus' : undefined);
  return (step.stages ?? ['ResponseComplete']).map((stage) =>
    audit({
      verb: step.verb,
      by: human('mallory', { agent: 'stratus-red-team_8f1c' }),
      resource: path,
      stage,
      ...(namespace && { namespace }),
      ...(step.verb !== 'list' && { name: step.name ?? 'stratus' }),
      ...(step.requestURI && { uri: filled(step.requestURI) }),
      ...(step.requestObject && { request: wholeBody(step.requestObject) }),
      ...(step.status && { code: step.status }),
    }),
  );
};

const engine = createEngine(rulesOf(DETECTIONS, DEFAULT_CONFIG));

const techniques: readonly Technique[] = existsSync(CORPUS)
  ? readFileSync(CORPUS, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Technique)
      .filter(({ expectDetections }) => expectDetections.length > 0)
  : [];

describe.skipIf(techniques.length === 0)('Stratus Red Team', () => {
  it.each(techniques)('$techniqueId raises $expectDetections', async ({ auditSequence, expectDetections }) => {
    const records = auditSequence.flatMap(recordsOf).map((record) => ({ message: JSON.stringify(record) }));
    const { sightings, faults } = scanRecords(engine, createSuppressor([]), records, { cluster: 'corpus' });
    expect(faults).toEqual([]);
    const store = createMemoryStore();
    await store.merge(gather(sightings));
    const found = store.findings(0).map(({ detection }) => detection);
    for (const expected of expectDetections) {
      expect(ANSWERS).toHaveProperty([expected]);
      const answer = ANSWERS[expected];
      if (answer !== null) expect(found).toContain(answer);
    }
  });
});
