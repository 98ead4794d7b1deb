/** docs/attack-navigator-layer.json: the catalogue on the ATT&CK matrix, for https://mitre-attack.github.io/attack-navigator/. */
import type { AnyDetection } from '../../shared/sdk/detection.ts';

/** Layer format 4.5. */
const VERSIONS = { attack: '17', navigator: '5.1.0', layer: '4.5' };

/** The Navigator names tactics as the folders are named. */
export const navigatorLayer = (detections: readonly AnyDetection[]): string => {
  const techniques = [...new Set(detections.flatMap(({ techniques }) => techniques))].sort().map((id) => {
    const own = detections.filter((detection) => detection.techniques.includes(id));
    return {
      techniqueID: id,
      score: own.length,
      comment: own.map((detection) => detection.id).join(', '),
      enabled: true,
    };
  });
  const most = Math.max(...techniques.map(({ score }) => score));
  const layer = {
    name: 'eks-detect',
    versions: VERSIONS,
    domain: 'enterprise-attack',
    description: 'Techniques that eks-detect looks for in the EKS audit log. The score is the number of detections.',
    filters: { platforms: ['Containers', 'IaaS'] },
    techniques,
    gradient: { colors: ['#d6e6f5', '#1f5f99'], minValue: 1, maxValue: most },
  };
  return `${JSON.stringify(layer, null, 2)}\n`;
};
