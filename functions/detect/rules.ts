/** The detections as they are deployed. Built once for each container. */
import { rulesOf } from '../../shared/config/config.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { createSuppressor } from '../../shared/engine/suppression.ts';
import { bundledConfig } from '../aws/bundled-config.ts';

export const engine = createEngine(rulesOf(DETECTIONS, bundledConfig));
export const suppressor = createSuppressor(bundledConfig.suppress);
