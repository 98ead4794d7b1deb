/** Networks that addresses belong to, coarse enough that a client keeps its own while its address changes. */
import { isIP } from 'node:net';
import { isPublicAddress } from './ip-address.ts';

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

/**
 * How addresses of a subscriber's IPv6 network begin as the API server writes them: in the short form of RFC 5952, in which one run of
 * zeros, maybe one that reaches beyond the network's part, is left out. Empty for any other address.
 */
export const beginningsOfSubscriber = (address: string): readonly string[] => {
  const subscriber = subscriberOf(address);
  if (!subscriber.endsWith('::/64')) return [];
  const groups = subscriber
    .slice(0, -'::/64'.length)
    .split(':')
    .map((group) => Number.parseInt(group, 16).toString(16));
  const beginnings = [`${groups.join(':')}:`];
  for (let from = 0; from < groups.length; from++) {
    if (groups[from] !== '0' || groups[from - 1] === '0') continue;
    const end = groups.findIndex((group, index) => index > from && group !== '0');
    const head = groups.slice(0, from).join(':');
    if (end < 0) beginnings.push(`${head}::`);
    else if (end - from > 1) beginnings.push(`${head}::${groups.slice(end).join(':')}:`);
  }
  return beginnings;
};
