/** Files that hold credentials in a pod or on a node, found in a command however the path is spelled. */
import { perText } from '../primitives/memo.ts';
import { stepsOf } from '../primitives/path-steps.ts';

export type CredentialFile =
  | 'service-account token'
  | 'process environment'
  | 'AWS credentials'
  | 'password hashes'
  | 'kubeconfig'
  | 'private key'
  | 'registry credentials';

/**
 * Consecutive steps of a path that give each file away, wherever the path begins: below the host's root, `/proc/1/root` or a home.
 * `*` stands for any one step.
 */
const FILES: readonly (readonly [CredentialFile, string])[] = [
  // The projected tokens of Kubernetes, IRSA (eks.amazonaws.com) and EKS Pod Identity (pods.eks.amazonaws.com) all live here.
  ['service-account token', 'run/secrets'],
  ['service-account token', 'secrets/kubernetes.io'],
  ['service-account token', 'secrets/eks.amazonaws.com'],
  ['service-account token', 'secrets/pods.eks.amazonaws.com'],
  ['service-account token', 'serviceaccount/token'],
  ['service-account token', 'serviceaccount/eks-pod-identity-token'],
  ['service-account token', 'lib/kubelet/pods'],
  ['service-account token', 'volumes/kubernetes.io~projected'],
  ['service-account token', 'volumes/kubernetes.io~secret'],
  ['process environment', 'proc/*/environ'],
  ['process environment', 'proc/*/task/*/environ'],
  ['AWS credentials', '.aws'],
  ['password hashes', 'etc/shadow'],
  ['password hashes', 'etc/shadow-'],
  ['password hashes', 'etc/gshadow'],
  ['kubeconfig', '.kube'],
  ['kubeconfig', 'lib/kubelet/kubeconfig'],
  ['kubeconfig', 'lib/kubelet/pki'],
  ['kubeconfig', 'etc/kubernetes/admin.conf'],
  ['kubeconfig', 'etc/kubernetes/pki'],
  ['private key', '.ssh/id_rsa'],
  ['private key', '.ssh/id_ed25519'],
  ['private key', '.ssh/id_ecdsa'],
  ['registry credentials', '.docker/config.json'],
  ['registry credentials', '.dockercfg'],
];

interface Pattern {
  readonly file: CredentialFile;
  readonly steps: readonly string[];
}

const PATTERNS: readonly Pattern[] = FILES.map(([file, path]) => ({ file, steps: path.split('/') }));
const STEPS: readonly string[] = [...new Set(PATTERNS.flatMap(({ steps }) => steps))];

/** Where a path may begin to be one of the files: none of them begins with just any step. */
const BY_FIRST_STEP: ReadonlyMap<string, readonly Pattern[]> = new Map(
  STEPS.map((step) => [step, PATTERNS.filter(({ steps }) => steps[0] === step)]),
);

const LONGEST_PATH = 4_096;
const LONGEST_STEP = 256;

/** What ends a path inside code or a URL. */
const BETWEEN_PATHS = /[\s'"`;|&<>(){}=,:\u0000]+/;

/** The credential files that a text names, as paths of their own or inside the code of some language. */
export const credentialFilesIn = (text: string, folder = ''): ReadonlySet<CredentialFile> => {
  const found = new Set<CredentialFile>();
  for (const token of new Set(text.split(BETWEEN_PATHS))) {
    if (token.length > LONGEST_PATH || !(token.includes('/') || token.includes('.') || folder !== '')) continue;
    const path = folder === '' || token.startsWith('/') || token.startsWith('~') ? token : `${folder}/${token}`;
    const steps = stepsOf(path).map((step) => step.slice(0, LONGEST_STEP));
    steps.forEach((step, from) => {
      for (const name of namesOf(step)) {
        for (const { file, steps: wanted } of BY_FIRST_STEP.get(name) ?? [])
          if (!found.has(file) && areAt(steps, from, wanted)) found.add(file);
      }
    });
  }
  return found;
};

/** Whether a path goes on from one of its steps as a credential file does. */
const areAt = (steps: readonly string[], from: number, wanted: readonly string[]): boolean => {
  if (from + wanted.length > steps.length) return false;
  let literal = 0;
  for (let index = 0; index < wanted.length; index++) literal += literalLength(steps[from + index] as string);
  if (literal < FEWEST_LITERAL) return false;
  return wanted.every((name, index) => name === '*' || namesOf(steps[from + index] as string).includes(name));
};

/** Characters of a glob that must be plain, so that `ls /*` + `/*` names no file in particular. */
const FEWEST_LITERAL = 2;

const isGlob = (step: string): boolean => /[*?[]/.test(step);

const globbed = perText((glob): readonly string[] => STEPS.filter((name) => name !== '*' && matchesGlob(name, glob)));

/** The steps of credential files that a step names. */
const namesOf = (step: string): readonly string[] => (isGlob(step) ? globbed(step) : [step]);

const literalLength = (step: string): number =>
  isGlob(step)
    ? globPartsOf(step).filter((part) => part.length === 1 && part !== '*' && part !== '?').length
    : step.length;

/** The sets (`[…]`) and single characters of a glob. */
const globPartsOf = (glob: string): readonly string[] => {
  const parts: string[] = [];
  const lastEnd = glob.lastIndexOf(']');
  for (let from = 0; from < glob.length; from += (parts.at(-1) as string).length) {
    const isSet = glob[from] === '[' && from < lastEnd;
    parts.push(isSet ? glob.slice(from, glob.indexOf(']', from) + 1) : (glob[from] as string));
  }
  return parts;
};

/** Whether a shell glob of one step (`*`, `?`, `[…]`) matches a name. Greedy with one point of return, so at worst quadratic in a step. */
const matchesGlob = (name: string, glob: string): boolean => {
  const parts = globPartsOf(glob);
  let [at, part, starPart, starAt] = [0, 0, -1, 0];
  while (at < name.length) {
    const wanted = parts[part];
    if (wanted === '*') {
      [starPart, starAt] = [part++, at];
    } else if (wanted !== undefined && takes(wanted, name[at] as string)) {
      part++;
      at++;
    } else if (starPart >= 0) {
      part = starPart + 1;
      at = ++starAt;
    } else return false;
  }
  return parts.slice(part).every((rest) => rest === '*');
};

const takes = (part: string, char: string): boolean => {
  if (part === '?' || part === char) return true;
  if (part.length < 3) return false;
  const [, negated, set = ''] = /^\[([!^]?)([\s\S]*)\]$/.exec(part) ?? [];
  const inSet = [...set.matchAll(/([\s\S])-([\s\S])|([\s\S])/g)].some(([, low, high, one]) =>
    one === undefined ? char >= (low as string) && char <= (high as string) : one === char,
  );
  return negated === '' ? inSet : !inSet;
};
