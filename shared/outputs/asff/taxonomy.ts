/**
 * Finding types in the ASFF taxonomy. Source: Security Hub user guide, "Types taxonomy for ASFF". Its TTPs are the tactics of ATT&CK
 * but for Impact, for which it has effects.
 */
import type { DetectionFinding } from '../ocsf/event.ts';

/** Effects by the technique that has them; techniques that match none give the bare namespace, which is valid too. */
const EFFECTS: Readonly<Record<string, string>> = {
  T1485: 'Effects/Data Destruction',
  T1489: 'Effects/Denial of Service',
  T1496: 'Effects/Resource Consumption',
};

export const asffTypes = (event: DetectionFinding): string[] => {
  const { attacks, types } = event.finding_info;
  const tactics = attacks.map(({ tactic, technique }) =>
    tactic.name === 'Impact' ? (EFFECTS[technique?.uid ?? ''] ?? 'Effects') : `TTPs/${tactic.name}`,
  );
  return [...new Set([...tactics, ...(types.includes('Anomaly') ? [unusual(event)] : [])])];
};

/** What behaves unusually, by what the finding is about. */
const unusual = ({ unmapped: { entities } }: DetectionFinding): string => {
  if (entities['image'] ?? entities['workload'] ?? entities['pod']) return 'Unusual Behaviors/Container';
  return entities['sourceAddress'] ? 'Unusual Behaviors/IP address' : 'Unusual Behaviors/User';
};
