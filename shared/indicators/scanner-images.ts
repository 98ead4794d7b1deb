/** Names of tools that look a cluster over from inside, as they appear in image repositories. */
import { type ImageReference, repositoryOf } from '../kubernetes/image.ts';
import { perObject } from '../primitives/memo.ts';

/**
 * The three that Splunk's Kubernetes Scanner Image Pulling names. They count anywhere in a reference, in a registry's name and
 * a tag too: what has one in its name was made to scan.
 */
const NAMED_BY_SPLUNK = ['kube-hunter', 'kube-bench', 'kube-recon'] as const;

/**
 * Other tools, each with the project that publishes it. They count only as whole path segments, since most are also parts of
 * ordinary words.
 */
const OTHERS = [
  'kubehunter', // aquasecurity/kube-hunter, mirrors
  'kubebench',
  'peirates', // inguardians/peirates
  'kdigger', // quarkslab/kdigger
  'botb', // brompwnie/botb
  'break-out-the-box',
  'amicontained', // genuinetools/amicontained
  'deepce', // stealthcopter/deepce
  'cdk-team', // cdk-team/CDK
  'kubeletctl', // cyberark/kubeletctl
  'kubescape/kubescape', // the scanner; the operator's other images watch a cluster for its owner
  'armosec/kubescape',
  'kubescan',
  'kubeaudit', // Shopify/kubeaudit
  'kubestriker', // vchinnipilli/kubestriker
  'kube-scan', // octarinesec/kube-scan
  'kubesploit', // cyberark/kubesploit
  'kubernetes-goat', // madhuakula/kubernetes-goat
  'hacker-container', // madhuakula/hacker-container
  'kubiscan', // cyberark/KubiScan
  'rakkess', // corneliusweig/rakkess
  'appvia/krane', // go-containerregistry/krane, which copies images, is another
  'kubetap',
  'red-kube', // lightspin-tech/red-kube
  'redkube',
  'netassert',
  'zmap',
  'masscan',
  'nmap', // instrumentisto/nmap and others
  'nuclei', // projectdiscovery/nuclei
  'metasploit-framework', // metasploitframework/metasploit-framework
  'stratus-red-team', // DataDog/stratus-red-team
] as const;

/** The scanner that an image is, or undefined. */
export const scannerOf = perObject((image: ImageReference): string | undefined => {
  const reference = `${repositoryOf(image)}:${image.tag.toLowerCase()}`;
  const path = `/${image.repository}/`;
  return NAMED_BY_SPLUNK.find((name) => reference.includes(name)) ?? OTHERS.find((name) => path.includes(`/${name}/`));
});
