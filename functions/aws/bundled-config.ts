/** The configuration that a function was bundled with. */
import { type Config, DEFAULT_CONFIG } from '../../shared/config/config.ts';

/** Replaced by the bundler with the configuration that was checked at synth. */
declare const EKS_DETECT_CONFIG: Config | undefined;

export const bundledConfig: Config = typeof EKS_DETECT_CONFIG === 'undefined' ? DEFAULT_CONFIG : EKS_DETECT_CONFIG;
