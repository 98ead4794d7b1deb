import { describe, expect, it } from 'vitest';
import { inCidrs, ipv6Groups, isPublicAddress, subscriberOf } from '../../../../shared/primitives/ip-address.ts';

describe('isPublicAddress', () => {
  it.each(['203.0.113.7', '8.8.8.8', '100.128.0.1', '172.32.0.1', '2001:db8::1', '2600:1f16::1'])('%s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
  it.each([
    '10.1.2.3',
    '172.16.45.12',
    '172.31.255.255',
    '192.168.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '::1',
    'fd00:ec2::254',
    'fe80::1',
    '::ffff:10.0.0.1',
    '',
    'not an address',
  ])('not %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('inCidrs', () => {
  it('takes blocks, single addresses and both families', () => {
    const cidrs = ['198.51.100.0/24', '192.0.2.7', ' 2001:db8::/32 '];
    expect(inCidrs('198.51.100.200', cidrs)).toBe(true);
    expect(inCidrs('192.0.2.7', cidrs)).toBe(true);
    expect(inCidrs('192.0.2.8', cidrs)).toBe(false);
    expect(inCidrs('2001:db8:1::1', cidrs)).toBe(true);
  });
  it('leaves out what is no block, without throwing', () => {
    expect(inCidrs('192.0.2.7', ['192.0.2.0/', '192.0.2.0/33', 'tor', '192.0.2.0/x'])).toBe(false);
    expect(inCidrs('192.0.2.7', [])).toBe(false);
  });
  it('reads 0.0.0.0/0 as every address of its family', () => {
    expect(inCidrs('192.0.2.7', ['0.0.0.0/0'])).toBe(true);
    expect(inCidrs('2001:db8::1', ['0.0.0.0/0'])).toBe(false);
  });
});

describe('ipv6Groups', () => {
  it.each([
    ['2001:db8::1', [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]],
    ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['1:2:3:4:5:6:7:8', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['1:2:3', undefined],
    ['1::2::3', undefined],
    ['1:2:3:4:5:6:7:8:9', undefined],
  ])('%s', (text, groups) => {
    expect(ipv6Groups(text)).toEqual(groups);
  });

  it('gives every spelling of an address the same subscriber', () => {
    expect(subscriberOf('2001:0db8:0000:0007::1')).toBe('2001:db8:0:7::/64');
    expect(subscriberOf('2001:db8:0:7:aaaa::1')).toBe('2001:db8:0:7::/64');
  });
});
