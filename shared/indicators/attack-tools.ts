/** Offensive tools by the name that their requests and objects carry. A careful attacker renames them; many are not careful. */
import { namedAfter } from '../primitives/name-prefix.ts';

/**
 * Program names. client-go sends the name of the binary as the first word of the user agent (`rakkess/v0.0.0 (linux/amd64)
 * kubernetes/$Format`), kubectl plug-ins included; other libraries let their authors choose. Only names that are nothing else.
 */
const CLIENTS = new Set([
  // Made for Kubernetes.
  'access_matrix', // rakkess as a kubectl plug-in
  'botb', // brompwnie/botb
  'kdigger', // quarkslab/kdigger
  'kubeletctl', // cyberark/kubeletctl
  'kubehound', // DataDog/KubeHound
  'kubesploit', // cyberark/kubesploit
  'kubestriker', // vchinnipilli/kubestriker
  'kubestroyer', // Rolix44/Kubestroyer
  'kube-hunter', // aquasecurity/kube-hunter
  'kubectl-access_matrix',
  'kubectl-access-matrix',
  'kubectl-rbac_tool', // alcideio/rbac-tool
  'kubectl-who_can', // aquasecurity/kubectl-who-can
  'peirates', // inguardians/peirates
  'rakkess', // corneliusweig/rakkess
  'rbac-police', // PaloAltoNetworks/rbac-police
  'rbac-tool',
  'red-kube', // lightspin-tech/red-kube
  'stratus-red-team', // DataDog/stratus-red-team
  // Made for everything that speaks HTTP.
  'dirbuster',
  'feroxbuster',
  'ffuf',
  'fuzz faster u fool',
  'gobuster',
  'masscan',
  'nikto',
  'nmap scripting engine',
  'nuclei',
  'sqlmap',
  'trufflehog',
  'wfuzz',
  'zgrab',
]);

/** The longest part of a user agent that is looked at. */
const LOOKED_AT = 512;

/**
 * The tool that a user agent names, or undefined: a product (`name/version`), a comment's part (`(compatible; Nmap Scripting
 * Engine; …)`), or Stratus's name with the id of its run after it. Case does not count.
 */
export const attackToolOf = (userAgent: string): string | undefined => {
  const text = userAgent.slice(0, LOOKED_AT).toLowerCase();
  const words = text.split(/[\s/;(),]+/);
  const parts = text.split(/[;(),]/).map((part) => withoutVersion(part.trim()));
  for (const word of [...words, ...parts]) {
    const name = word.replace(/[_-][0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, '');
    if (CLIENTS.has(name)) return name;
  }
  return undefined;
};

const withoutVersion = (product: string): string => {
  const version = product.search(/(?<![\s/])[\s/]+v?[\d.]/);
  return version < 0 ? product : product.slice(0, version);
};

/** Names that the tools give to what they create, whole or followed by a hyphen. */
const OBJECTS = [
  'attack-pod', // peirates
  'botb',
  'deepce',
  'evil-pod',
  'everything-allowed-exec-pod', // BishopFox/badPods and its seven relatives
  'hostipc-exec-pod',
  'hostnetwork-exec-pod',
  'hostpath-exec-pod',
  'hostpid-exec-pod',
  'kdigger',
  'kube-hunter',
  'kubesploit',
  'kubestriker',
  'kubestroyer',
  'node-shell', // kvaps/kubectl-node-shell
  'nsenter',
  'nothing-allowed-exec-pod',
  'peirates',
  'priv-and-hostpid-exec-pod',
  'priv-exec-pod',
  'stratus-red-team',
] as const;

/** The tool that a Kubernetes object is called after, or undefined. */
export const attackObjectOf = (name: string): string | undefined => namedAfter(name, OBJECTS);
