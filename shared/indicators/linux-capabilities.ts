/** Linux capabilities that give power outside a container, without `CAP_`. Source: capabilities(7). */

/** Each is a known way out of a container, or into the kernel or the memory of others. */
export const ESCAPING_CAPABILITIES: readonly string[] = [
  'ALL',
  'BPF',
  'CHECKPOINT_RESTORE',
  'DAC_READ_SEARCH',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'PERFMON',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_MODULE',
  'SYS_PTRACE',
  'SYS_RAWIO',
];

/**
 * Power over the node's clock, log or a network namespace. Alone they are worth much less; service meshes and VPNs need NET_ADMIN.
 */
export const WEAKER_CAPABILITIES: readonly string[] = [
  'AUDIT_CONTROL',
  'LINUX_IMMUTABLE',
  'NET_ADMIN',
  'SYS_TIME',
  'SYSLOG',
];
