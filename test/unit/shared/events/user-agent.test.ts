import { describe, expect, it } from 'vitest';
import { actorOf } from '../../../../shared/events/actor.ts';
import { clientFamily, isHandHeld, isSoftware } from '../../../../shared/events/user-agent.ts';
import { isFrom } from '../../../../shared/indicators/image-list.ts';
import { parseImage } from '../../../../shared/kubernetes/image.ts';
import { networkOf, subscriberOf } from '../../../../shared/primitives/ip-address.ts';

it.each([
  ['kubectl/v1.32.2 (darwin/arm64) kubernetes/67a30c0', 'kubectl', true],
  ['Go-http-client/2.0', 'go-http-client', false],
  ['cert-manager-controller/v1.16.2 (linux/amd64)', 'cert-manager-controller', false],
  ['Mozilla/5.0 (X11; Linux x86_64)', 'mozilla', true],
  ['python-requests/2.32.3', 'python-requests', true],
  ['', 'none', true],
  ['(nothing)', 'none', true],
  [`${'a'.repeat(500)}/1`, 'a'.repeat(64), false],
])('%j is the client %s', (userAgent, family, handHeld) => {
  expect([clientFamily(userAgent), isHandHeld(userAgent)]).toEqual([family, handHeld]);
});

it('takes a service account with a program of its own for software, and nobody else', () => {
  const operator = actorOf({ username: 'system:serviceaccount:ops:operator' });
  expect(isSoftware(operator, 'operator/v1')).toBe(true);
  expect(isSoftware(operator, 'kubectl/v1.32.2')).toBe(false);
  expect(isSoftware(actorOf({ username: 'alice' }), 'operator/v1')).toBe(false);
  // An aws-auth mapping may give an IAM role any name.
  const borrowed = actorOf({
    username: 'system:serviceaccount:ops:operator',
    extra: { arn: ['arn:aws:iam::1:role/x'] },
  });
  expect(isSoftware(borrowed, 'operator/v1')).toBe(false);
});

it.each([
  ['203.0.113.20', '203.0.0.0/16'],
  ['10.1.2.3', 'private'],
  ['2a05:d018:1:2::3', '2a05:d018:1::/48'],
  ['2a05:d018::3', '2a05:d018:0::/48'],
  ['2a05:d018:0:7::3', '2a05:d018:0::/48'],
  ['', ''],
  ['not an address', ''],
])('%j belongs to %j', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

describe('a list of places', () => {
  const places = ['GHCR.io/team/', '111122223333.dkr.ecr.*.amazonaws.com', 'docker.io/library/nginx'];
  it.each([
    ['ghcr.io/team/api:1', true],
    ['ghcr.io/team', true],
    ['ghcr.io/teammate/api', false],
    ['ghcr.io.example.com/team/api', false],
    ['111122223333.dkr.ecr.eu-west-1.amazonaws.com/api@sha256:aa', true],
    ['111122223333.dkr.ecr.eu-west-1.amazonaws.com.example.com/api', false],
    ['111122223333.dkr.ecr.x/y.amazonaws.com/api', false],
    ['nginx', true],
    ['nginxinc/nginx', false],
  ])('says of %s %s', (image, isListed) => {
    const parsed = parseImage(image);
    expect(parsed !== undefined && isFrom(places, parsed)).toBe(isListed);
  });

  it.each<[string, string, boolean]>([
    ['ghcr.io/*/api', 'ghcr.io/team/api', true],
    ['ghcr.io/*/api', 'ghcr.io/team/api/v2', true],
    ['ghcr.io/*/api', 'ghcr.io/team/web/api', false],
    ['ghcr.io/*/api', 'ghcr.io/team/apis', false],
    ['ghcr.io/team-*-*', 'ghcr.io/team-a-b', true],
    ['ghcr.io/team-*-*', 'ghcr.io/team-a/b', false],
    ['GHCR.io/Team//', 'ghcr.io/team/api', true],
    ['*.example.com', 'a.b.example.com/x', true],
    ['ghcr.io/team', 'ghcr.io/x', false],
    ['ghcr.io/a/b/c', 'ghcr.io/a/b', false],
  ])('takes %s as a place of %s: %s', (place, image, isListed) => {
    expect(isFrom([place], parseImage(image) as never)).toBe(isListed);
  });

  it('lets nothing through when it is empty', () => {
    expect(isFrom([], parseImage('nginx') as never)).toBe(false);
  });
});

it.each([
  ['203.0.113.20', '203.0.113.20'],
  ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::', '2001:db8:0:0::/64'],
  ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
  ['::1', '0:0:0:0::/64'],
  ['64:ff9b::203.0.113.20', '64:ff9b::203.0.113.20'],
  ['no address', 'no address'],
  ['', ''],
])('%s is held by %s', (address, subscriber) => {
  expect(subscriberOf(address)).toBe(subscriber);
});
