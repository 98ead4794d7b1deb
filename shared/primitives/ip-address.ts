/** IP addresses: public or not, in which blocks, and of which network. */
import { BlockList, isIP } from 'node:net';
import { perObject } from './memo.ts';

/** Blocks that no host of the internet answers from. Source: IANA special-purpose address registries (RFC 6890 and later). */
const SPECIAL = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
  '::/127',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
];

const listOf = (cidrs: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const cidr of cidrs) addTo(list, cidr.trim());
  return list;
};

/** Adds a block, or a single address. Text that is neither is left out: the configuration is checked where it is read. */
const addTo = (list: BlockList, cidr: string): void => {
  const [address = '', prefix] = cidr.split('/');
  const version = isIP(address);
  if (version === 0) return;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const longest = version === 4 ? 32 : 128;
  const length = prefix === undefined ? longest : Number(prefix);
  if (!Number.isInteger(length) || length < 0 || length > longest || prefix === '') return;
  list.addSubnet(address, length, family);
};

const blocksOf = perObject(listOf);

/** Whether an address lies in one of the blocks (`192.0.2.0/24`, `2001:db8::/32`) or is one of the addresses. */
export const inCidrs = (address: string, cidrs: readonly string[]): boolean => {
  const version = isIP(address);
  if (version === 0 || cidrs.length === 0) return false;
  return blocksOf(cidrs).check(address, version === 4 ? 'ipv4' : 'ipv6');
};

/** An address that a host of the internet may have. False for private ones, and for text that is no address. */
export const isPublicAddress = (address: string): boolean => isIP(address) !== 0 && !inCidrs(address, SPECIAL);

/** The eight groups of an IPv6 address in any spelling without dots; NaN for a group that is none. Undefined for what is no address. */
export const ipv6Groups = (text: string): readonly number[] | undefined => {
  const [head = '', tail, ...rest] = text.split('::');
  if (rest.length > 0) return undefined;
  const read = (half: string): readonly number[] =>
    half === '' ? [] : half.split(':').map((group) => Number.parseInt(group, 16));
  const before = read(head);
  const after = tail === undefined ? [] : read(tail);
  const zeros = 8 - before.length - after.length;
  if (zeros < 0 || (tail === undefined && zeros > 0)) return undefined;
  return [...before, ...Array<number>(zeros).fill(0), ...after];
};

const hexadecimal = (group: number): string => group.toString(16);

/** `203.0.0.0/16`, `2001:db8:1::/48`, `private`, or empty for what is no address. */
export const networkOf = (address: string): string => {
  if (isIP(address) === 0) return '';
  if (!isPublicAddress(address)) return 'private';
  if (isIP(address) === 4) return `${address.split('.').slice(0, 2).join('.')}.0.0/16`;
  const groups = (address.split('::')[0] as string).split(':');
  return `${[...groups, '0', '0'].slice(0, 3).join(':')}::/48`;
};

/**
 * What one subscriber holds: an IPv4 address itself, and of IPv6 the `2001:db8:0:7::/64` around it, since the owner of one address of
 * those has them all, and may send every request from another.
 */
export const subscriberOf = (address: string): string => {
  if (isIP(address) !== 6 || address.includes('.')) return address;
  const groups = ipv6Groups(address) ?? [];
  return `${groups.slice(0, 4).map(hexadecimal).join(':')}::/64`;
};

/**
 * How addresses of a subscriber's IPv6 network begin as the API server writes them: in the short form of RFC 5952, in which one run of
 * zeros, maybe one that reaches beyond the network's part, is left out. Empty for any other address.
 */
export const beginningsOfSubscriber = (address: string): readonly string[] => {
  const subscriber = subscriberOf(address);
  if (!subscriber.endsWith('::/64')) return [];
  const groups = subscriber.slice(0, -'::/64'.length).split(':');
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

/** Addresses inside the pod and names inside the cluster: asking those is a health check, not a download. */
const LOCAL =
  /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[?::1\]?|[\w-]+|[\w-]+\.[\w-]+\.svc(?:\.[\w.-]+)?|[\w.-]+\.cluster\.local)$/i;

/** A number alone is an address in another spelling, not a name. */
export const isLocalHost = (host: string): boolean => LOCAL.test(host) && !/^\d+$|^0x/i.test(host);
