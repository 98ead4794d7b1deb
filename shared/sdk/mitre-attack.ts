/** MITRE ATT&CK tactics that detections are filed under (Enterprise matrix). */
export const TACTICS = {
  'initial-access': { id: 'TA0001', name: 'Initial Access' },
  execution: { id: 'TA0002', name: 'Execution' },
  persistence: { id: 'TA0003', name: 'Persistence' },
  'privilege-escalation': { id: 'TA0004', name: 'Privilege Escalation' },
  'defense-evasion': { id: 'TA0005', name: 'Defense Evasion' },
  'credential-access': { id: 'TA0006', name: 'Credential Access' },
  discovery: { id: 'TA0007', name: 'Discovery' },
  'lateral-movement': { id: 'TA0008', name: 'Lateral Movement' },
  collection: { id: 'TA0009', name: 'Collection' },
  impact: { id: 'TA0040', name: 'Impact' },
} as const;

export type Tactic = keyof typeof TACTICS;

/** A technique, with every tactic of the Enterprise matrix that ATT&CK lists it under. */
export interface Technique {
  readonly name: string;
  readonly tactics: readonly string[];
}

/** The techniques that the catalogue uses, by id, in the order of their ids. Source: https://attack.mitre.org/techniques/enterprise/ */
export const TECHNIQUES: Readonly<Record<string, Technique>> = {
  T1021: { name: 'Remote Services', tactics: ['lateral-movement'] },
  'T1036.005': { name: 'Match Legitimate Resource Name or Location', tactics: ['defense-evasion'] },
  T1046: { name: 'Network Service Discovery', tactics: ['discovery'] },
  'T1053.007': { name: 'Container Orchestration Job', tactics: ['execution', 'persistence', 'privilege-escalation'] },
  T1059: { name: 'Command and Scripting Interpreter', tactics: ['execution'] },
  'T1059.004': { name: 'Unix Shell', tactics: ['execution'] },
  'T1059.013': { name: 'Container CLI/API', tactics: ['execution'] },
  T1069: { name: 'Permission Groups Discovery', tactics: ['discovery'] },
  T1070: { name: 'Indicator Removal', tactics: ['defense-evasion'] },
  T1078: {
    name: 'Valid Accounts',
    tactics: ['defense-evasion', 'initial-access', 'persistence', 'privilege-escalation'],
  },
  'T1078.001': {
    name: 'Default Accounts',
    tactics: ['defense-evasion', 'initial-access', 'persistence', 'privilege-escalation'],
  },
  'T1078.004': {
    name: 'Cloud Accounts',
    tactics: ['defense-evasion', 'initial-access', 'persistence', 'privilege-escalation'],
  },
  T1098: { name: 'Account Manipulation', tactics: ['persistence', 'privilege-escalation'] },
  'T1098.006': { name: 'Additional Container Cluster Roles', tactics: ['persistence', 'privilege-escalation'] },
  T1110: { name: 'Brute Force', tactics: ['credential-access'] },
  T1133: { name: 'External Remote Services', tactics: ['initial-access', 'persistence'] },
  T1136: { name: 'Create Account', tactics: ['persistence'] },
  T1190: { name: 'Exploit Public-Facing Application', tactics: ['initial-access'] },
  'T1204.003': { name: 'Malicious Image', tactics: ['execution'] },
  T1485: { name: 'Data Destruction', tactics: ['impact'] },
  T1489: { name: 'Service Stop', tactics: ['impact'] },
  T1490: { name: 'Inhibit System Recovery', tactics: ['impact'] },
  'T1496.001': { name: 'Compute Hijacking', tactics: ['impact'] },
  T1525: { name: 'Implant Internal Image', tactics: ['persistence'] },
  T1526: { name: 'Cloud Service Discovery', tactics: ['discovery'] },
  T1528: { name: 'Steal Application Access Token', tactics: ['credential-access'] },
  'T1543.005': { name: 'Container Service', tactics: ['persistence', 'privilege-escalation'] },
  T1546: { name: 'Event Triggered Execution', tactics: ['persistence', 'privilege-escalation'] },
  'T1548.005': { name: 'Temporary Elevated Cloud Access', tactics: ['defense-evasion', 'privilege-escalation'] },
  T1552: { name: 'Unsecured Credentials', tactics: ['credential-access'] },
  'T1552.005': { name: 'Cloud Instance Metadata API', tactics: ['credential-access'] },
  'T1552.007': { name: 'Container API', tactics: ['credential-access'] },
  'T1562.001': { name: 'Disable or Modify Tools', tactics: ['defense-evasion'] },
  'T1562.008': { name: 'Disable or Modify Cloud Logs', tactics: ['defense-evasion'] },
  T1570: { name: 'Lateral Tool Transfer', tactics: ['lateral-movement'] },
  T1609: { name: 'Container Administration Command', tactics: ['execution'] },
  T1610: { name: 'Deploy Container', tactics: ['defense-evasion', 'execution'] },
  T1611: { name: 'Escape to Host', tactics: ['privilege-escalation'] },
  T1613: { name: 'Container and Resource Discovery', tactics: ['discovery'] },
  T1649: { name: 'Steal or Forge Authentication Certificates', tactics: ['credential-access'] },
};
