import { expect, it } from 'vitest';
import { stepsOf } from '../../../../shared/primitives/path-steps.ts';

it.each([
  ['/var/run/docker.sock', ['var', 'run', 'docker.sock']],
  ['/var//run/./x/', ['var', 'run', 'x']],
  ['/a/../../etc', ['etc']],
  ['', []],
])('%s', (path, steps) => {
  expect(stepsOf(path)).toEqual(steps);
});
