/** The detections as they are deployed. Built once for each container. */
import { rulesOf } from '../../shared/config.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { createEngine } from '../../shared/engine.ts';
import { createSuppressor } from '../../shared/suppression.ts';
import { bundledConfig } from '../bundled-config.ts';

export const engine = createEngine(rulesOf(DETECTIONS, bundledConfig));
export const suppressor = createSuppressor(bundledConfig.suppress);
