/** Addresses that requests come from: public or not, and in which blocks. */
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
