/** The addresses that hand out AWS credentials to any caller inside, in every spelling. */
import { ipv6Groups } from '../primitives/ip-address.ts';

const v4 = (a: number, b: number, c: number, d: number): number => ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;

/** Source: the user guides of EC2 (instance metadata), ECS (task credentials) and EKS (Pod Identity). */
const INSTANCE = v4(169, 254, 169, 254);
const POD_IDENTITY = v4(169, 254, 170, 23);
const TASK = v4(169, 254, 170, 2);

export type MetadataService = 'instance metadata' | 'pod identity';

const SERVICES: ReadonlyMap<number, MetadataService> = new Map([
  [INSTANCE, 'instance metadata'],
  [POD_IDENTITY, 'pod identity'],
  [TASK, 'pod identity'],
]);

/** `fd00:ec2::254` and `fd00:ec2::23`, as groups without the zeros between. */
const SERVICES_V6: ReadonlyMap<string, MetadataService> = new Map([
  ['fd00:ec2:0:0:0:0:0:254', 'instance metadata'],
  ['fd00:ec2:0:0:0:0:0:23', 'pod identity'],
]);

/** Names that resolve to the instance's metadata, and paths that only it serves. */
const NAMES =
  /\binstance-data(?:\.[\w-]{1,63}){0,2}\b|\blatest\/+(?:meta-data|api\/+token|dynamic\/+instance-identity)\b/i;

const NUMBER = String.raw`(?:0x[\da-f]{1,32}|\d{1,32})`;
const V4 = new RegExp(String.raw`(?<![\w.])${NUMBER}(?:\.${NUMBER}){0,3}(?![\da-fx])`, 'gi');
const V6 = /(?<![\w:])[\da-f]{0,4}(?::[\da-f]{0,4}){2,8}/gi;

/** Characters of the shortest way to write one of the addresses: `2852039166`. Texts are full of shorter numbers. */
const SHORTEST_V4 = 10;

/** A number as the C library's inet_aton reads it: decimal, octal after a zero, hexadecimal after 0x. */
const numberOf = (text: string): number => {
  if (/^0x/i.test(text)) return Number.parseInt(text, 16);
  return /^0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.parseInt(text, 10);
};

/** One to four parts, of which the last fills what the others leave. Undefined for what is no address. */
const addressOf = (text: string): number | undefined => {
  const parts = text.split('.').map(numberOf);
  const last = parts.pop() as number;
  if (parts.some((part) => part > 255) || last >= 256 ** (4 - parts.length)) return undefined;
  return parts.reduce((sum, part, index) => sum + part * 256 ** (3 - index), last);
};

/** An IPv6 address of its own, or one that wraps an IPv4 address (mapped, compatible, NAT64): its last two groups. */
const serviceOfV6 = (text: string): MetadataService | undefined => {
  const groups = ipv6Groups(text);
  if (groups === undefined || groups.some(Number.isNaN)) return undefined;
  const [high = 0, low = 0] = groups.slice(-2);
  return SERVICES_V6.get(groups.map((group) => group.toString(16)).join(':')) ?? SERVICES.get(high * 65_536 + low);
};

/** The services that a text reaches for. Full-width digits and dots count as the plain ones, as they do for a resolver. */
export const metadataServicesIn = (written: string): ReadonlySet<MetadataService> => {
  const text = /[^\u0000-\u007f]/.test(written) ? written.normalize('NFKC').replaceAll('\u3002', '.') : written;
  const found = new Set<MetadataService>();
  const add = (service: MetadataService | undefined) => {
    if (service !== undefined) found.add(service);
  };
  for (const [match] of text.matchAll(V4)) if (match.length >= SHORTEST_V4) add(SERVICES.get(addressOf(match) ?? 0));
  for (const [match] of text.matchAll(V6)) add(serviceOfV6(match));
  if (NAMES.test(text)) found.add('instance metadata');
  return found;
};
