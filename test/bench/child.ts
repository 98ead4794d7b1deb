/** One measurement in a process of its own: its name is the argument, its result one line of JSON. */
import { measureSpeed } from './speed.ts';
import { flood, steady } from './writes.ts';

const MEASUREMENTS: Readonly<Record<string, () => Promise<unknown>>> = {
  typical: () => measureSpeed('typical'),
  busy: () => measureSpeed('busy'),
  steady,
  floodOneAddress: () => flood(1),
  floodManyAddresses: () => flood(10_000),
};

const measure = MEASUREMENTS[process.argv[2] ?? ''];
if (measure === undefined) throw new Error(`There is no measurement "${process.argv[2]}".`);
console.log(JSON.stringify(await measure()));
