import type { Geolocator } from '../../shared/events/event.ts';

/** Where the addresses of the examples are, as a database would say: those of RFC 5737 lie in three countries. */
export const locateExample: Geolocator = (address) => {
  if (address.startsWith('203.0.113.')) return { country: 'IE', city: 'Dublin' };
  if (address.startsWith('198.51.100.')) return { country: 'DE', city: 'Frankfurt am Main' };
  return address.startsWith('192.0.2.') ? { country: 'BR', city: 'São Paulo' } : undefined;
};
