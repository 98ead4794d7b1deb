/** Names and signs of programs that mine crypto-currency, as they appear in images, commands and environments. */
import { perText } from '../primitives/memo.ts';

/** Programs and images. They count as a whole word only: `minerd` is one, `examinerd` is none. */
const PROGRAMS = [
  'bfgminer',
  'bzminer',
  'ccminer',
  'cgminer',
  'cpuminer',
  'cryptonight',
  'ethminer',
  'gminer',
  'kdevtmpfsi',
  'kinsing',
  'lolminer',
  'minerd',
  'minergate',
  'nanominer',
  'nbminer',
  'nheqminer',
  'nicehash',
  'phoenixminer',
  'rigel-miner',
  'srbminer',
  't-rex-miner',
  'teamredminer',
  'trex-miner',
  'wildrig',
  'xmr-stak',
  'xmrig',
  'xmrig-cuda',
  'xmrig-proxy',
];

/** Pools, by the part of their domain that does not change. */
const POOLS = [
  '2miners.com',
  'c3pool.com',
  'c3pool.org',
  'crypto-pool.fr',
  'ethermine.org',
  'f2pool.com',
  'hashvault.pro',
  'herominers.com',
  'kryptex.network',
  'minexmr.com',
  'moneroocean.stream',
  'moneropool.com',
  'nanopool.org',
  'supportxmr.com',
  'unmineable.com',
  'xmrpool.eu',
];

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&');

const PROGRAM = new RegExp(`(?:^|[^a-z0-9])(${PROGRAMS.map(escaped).join('|')})(?![a-z0-9])`);
const POOL = new RegExp(`(?:^|[^a-z0-9-])(${POOLS.map(escaped).join('|')})(?![a-z0-9-])`);
/** The protocol of mining, and options that no other program has. */
const SIGN = /\bstratum2?(?:\+(?:tcp|ssl|tls))?:\/\/|--donate-level\b|--(?:algo|coin)[= ](?:rx\/|cn\/|monero|randomx)/;

interface Mining {
  readonly sign: string;
  /** False for a name alone, which may be somebody's sense of humour. */
  readonly isCertain: boolean;
}

const miningIn = perText((text): Mining | undefined => {
  const lower = text.toLowerCase();
  const certain = SIGN.exec(lower)?.[0] ?? POOL.exec(lower)?.[1];
  if (certain !== undefined) return { sign: certain, isCertain: true };
  const program = PROGRAM.exec(lower)?.[1];
  return program === undefined ? undefined : { sign: program, isCertain: false };
});

/** The first certain sign of mining in these texts, otherwise the first sign. */
export const signOfMining = (texts: readonly string[]): string | undefined => {
  const signs = texts.map(miningIn).filter((mining) => mining !== undefined);
  return (signs.find(({ isCertain }) => isCertain) ?? signs[0])?.sign;
};
