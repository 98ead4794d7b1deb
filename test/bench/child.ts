/** One measurement in a process of its own: its name is the argument, its result one line of JSON. Or a contender of one. */
import { measureReplay } from './replayed.ts';
import { contendIn, measureSpeed, type RivalName } from './speed.ts';
import type { StreamName } from './stream.ts';
import { flood, steady } from './writes.ts';

const MEASUREMENTS: Readonly<Record<string, () => Promise<unknown>>> = {
  typical: () => measureSpeed('typical'),
  busy: () => measureSpeed('busy'),
  steady,
  floodOneAddress: () => flood(1),
  floodManyAddresses: () => flood(10_000),
  replay: measureReplay,
};

const [, , name = '', ...args] = process.argv;
const measure = MEASUREMENTS[name];
if (name === 'contend') await contendIn(args[0] as StreamName, args[1] as RivalName);
else if (measure === undefined) throw new Error(`There is no measurement "${name}".`);
else console.log(JSON.stringify(await measure()));
