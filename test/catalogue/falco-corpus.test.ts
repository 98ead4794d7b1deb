import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gather } from '../../shared/aggregates/gathering.ts';
import { DEFAULT_CONFIG, rulesOf } from '../../shared/config/config.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { scanRecords } from '../../shared/engine/scan.ts';
import { createSuppressor } from '../../shared/engine/suppression.ts';
import { createMemoryStore } from '../../shared/findings/memory-store.ts';

/** A checkout of falcosecurity/falco's audit traces, with what its stock rules make of them. Not part of this repository. */
const CORPUS = process.env['FALCO_CORPUS'] ?? '../shared/corpora/falco';

/** Falco's rules for threats, and what answers each here. Its rules that only note that something was created have no answer. */
const ANSWERS: Readonly<Record<string, string>> = {
  'Anonymous Request Allowed': 'anonymous-request-allowed',
  'Attach to cluster-admin Role': 'cluster-admin-bound',
  'ClusterRole With Pod Exec Created': 'role-dangerous-resources',
  'ClusterRole With Wildcard Created': 'role-wildcard-granted',
  'Create HostNetwork Pod': 'pod-host-network',
  'Create HostIPC Pod': 'pod-host-ipc',
  'Create HostPid Pod': 'pod-host-pid',
  'Create NodePort Service': 'node-port-service',
  'Create Privileged Pod': 'pod-privileged',
  'Create Sensitive Mount Pod': 'pod-host-path',
  'Pod Created in Kube Namespace': 'pod-in-system-namespace',
  'Service Account Created in Kube Namespace': 'service-account-in-system-namespace',
  'System ClusterRole Modified/Deleted': 'system-role-changed',
};

const engine = createEngine(
  rulesOf(DETECTIONS, {
    ...DEFAULT_CONFIG,
    detections: Object.fromEntries(DETECTIONS.map(({ id }) => [id, { enabled: true }])),
  }),
);

const detectedIn = async (file: string): Promise<readonly string[]> => {
  const records = readFileSync(file, 'utf8')
    .split('\n')
    .map((message) => ({ message }));
  const store = createMemoryStore();
  const { sightings, faults } = scanRecords(engine, createSuppressor([]), records, { cluster: 'corpus' });
  expect(faults).toEqual([]);
  await store.merge(gather(sightings));
  return [...new Set(store.findings(0).map(({ detection }) => detection))];
};

describe.skipIf(!existsSync(CORPUS))('Falco’s traces', () => {
  const expected = existsSync(CORPUS)
    ? (JSON.parse(readFileSync(`${CORPUS}/falco-rules-that-fire.json`, 'utf8')) as Record<
        string,
        Record<string, number>
      >)
    : {};
  const threats = Object.entries(expected).flatMap(([file, rules]) => {
    const answers = Object.keys(rules).flatMap((rule) => ANSWERS[rule] ?? []);
    return answers.length === 0 ? [] : [{ file, answers }];
  });

  it.each(threats)('$file raises $answers', async ({ file, answers }) => {
    expect(await detectedIn(`${CORPUS}/${file}`)).toEqual(expect.arrayContaining(answers));
  });

  it('can all be read', async () => {
    for (const folder of ['k8s_audit', 'psp']) {
      for (const file of readdirSync(`${CORPUS}/traces/${folder}`))
        await detectedIn(`${CORPUS}/traces/${folder}/${file}`);
    }
  });
});
