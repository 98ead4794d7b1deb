/** Names of tools that look a cluster over from inside, as they stand in image repositories. */

/**
 * The three that Splunk's Kubernetes Scanner Image Pulling names. They count anywhere in a repository or tag: what has one in its
 * name was made to scan.
 */
const NAMED_BY_SPLUNK = ['kube-hunter', 'kube-bench', 'kube-recon'] as const;

/**
 * Other tools, each with the project that publishes it. They count only as a whole path segment, since most are also parts of
 * ordinary words.
 */
const OTHERS = new Set([
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
  'kubescape', // kubescape/kubescape
  'kubescan',
  'kubeaudit', // Shopify/kubeaudit
  'kubestriker', // vchinnipilli/kubestriker
  'kube-scan', // octarinesec/kube-scan
  'kubesploit', // cyberark/kubesploit
  'kubernetes-goat', // madhuakula/kubernetes-goat
  'hacker-container', // madhuakula/hacker-container
  'kubiscan', // cyberark/KubiScan
  'rakkess', // corneliusweig/rakkess
  'krane', // appvia/krane
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
]);

/** The scanner that an image is, or undefined. Both texts are lower-case except the tag. */
export const scannerOf = (image: { readonly repository: string; readonly tag: string }): string | undefined => {
  const text = `${image.repository}:${image.tag.toLowerCase()}`;
  return (
    NAMED_BY_SPLUNK.find((name) => text.includes(name)) ??
    image.repository.split('/').find((segment) => OTHERS.has(segment))
  );
};
