/** Networks that addresses belong to, coarse enough that a client keeps its own while its address changes. */
import { isIP } from 'node:net';
import { isPublicAddress } from './addresses.ts';

/** `203.0.0.0/16`, `2001:db8:1::/48`, `private`, or empty for what is no address. */
export const networkOf = (address: string): string => {
  if (isIP(address) === 0) return '';
  if (!isPublicAddress(address)) return 'private';
  if (isIP(address) === 4) return `${address.split('.').slice(0, 2).join('.')}.0.0/16`;
  const groups = (address.split('::')[0] as string).split(':');
  return `${[...groups, '0', '0'].slice(0, 3).join(':')}::/48`;
};
