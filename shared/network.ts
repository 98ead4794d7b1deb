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

/**
 * What one subscriber holds: an IPv4 address itself, and of IPv6 the `2001:db8:0:7::/64` around it, since whoever has one address of
 * those has them all, and may send every request from another.
 */
export const subscriberOf = (address: string): string => {
  if (isIP(address) !== 6 || address.includes('.')) return address;
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  return `${[...head, ...zeros, ...tail].slice(0, 4).join(':')}::/64`;
};
