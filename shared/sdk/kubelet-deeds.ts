/** What a kubelet does for a request through `nodes/…/proxy`, as the end of a sentence. */

/** For the paths that monitoring reads. */
export const MEASURE = 'report metrics';

/** For a path that is not known. */
export const OTHER = 'answer';

/** By the first step of the path. Source: kubernetes/kubernetes, pkg/kubelet/server/server.go. */
const DEEDS: Readonly<Record<string, string>> = {
  run: 'run a command',
  exec: 'run a command',
  attach: 'attach to a container',
  portForward: 'forward a port',
  cri: 'enter a container',
  pods: 'list pods with their specifications',
  runningpods: 'list pods',
  logs: 'read logs of the node',
  containerLogs: 'read logs of a container',
  configz: 'read its configuration',
  debug: 'read its memory',
  checkpoint: 'write the memory of a container to disk',
  metrics: MEASURE,
  stats: MEASURE,
  healthz: MEASURE,
  spec: MEASURE,
};

/** What a call of the kubelet makes it do. A caller chooses the action, so names that every object inherits are not looked up. */
export const kubeletDeedOf = (action: string): string =>
  (Object.hasOwn(DEEDS, action) ? DEEDS[action] : undefined) ?? OTHER;
