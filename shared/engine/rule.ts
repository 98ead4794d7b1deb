/** A detection as it is deployed: its options, impact and confidence after the configuration had its say. */
import { type AnyDetection, type Options, riskOf, type Severity, severityOf, type Weight } from '../sdk/detection.ts';
import { type Windowing, windowingOf } from '../sdk/windows.ts';

/** What a configuration may change of one detection. */
export interface Override {
  readonly enabled?: boolean | undefined;
  readonly impact?: number | undefined;
  readonly confidence?: number | undefined;
  readonly options?: Options | undefined;
}

export interface Rule {
  readonly detection: AnyDetection;
  readonly options: Options;
  readonly impact: number;
  readonly confidence: number;
  readonly risk: number;
  readonly severity: Severity;
  readonly windowing: Windowing;
}

export const ruleOf = (detection: AnyDetection, override: Override = {}): Rule => {
  const options: Options = { ...detection.options, ...override.options };
  const impact = override.impact ?? detection.impact;
  const confidence = override.confidence ?? detection.confidence;
  const risk = riskOf(impact, confidence);
  return {
    detection,
    options,
    impact,
    confidence,
    risk,
    severity: severityOf(risk),
    windowing: windowingOf(detection.window, options, detection.distinct !== undefined),
  };
};

export const isEnabled = (detection: AnyDetection, override: Override = {}): boolean =>
  override.enabled ?? detection.enabled;

/** `70×35`: how a sighting's weight is kept in an aggregate. A configured impact or confidence scales what the detection weighs. */
export const weightOf = (rule: Rule, weight: Weight = {}): string => {
  const scaled = (own: number, configured: number, sighting: number | undefined) =>
    sighting === undefined || own === 0 ? configured : Math.min(100, Math.round((sighting * configured) / own));
  const impact = scaled(rule.detection.impact, rule.impact, weight.impact);
  const confidence = scaled(rule.detection.confidence, rule.confidence, weight.confidence);
  return `${impact}×${confidence}`;
};

/** The weight with the highest risk; the greater impact decides between equals. */
export const heaviest = (
  rule: Rule,
  weights: Iterable<string>,
): { readonly impact: number; readonly confidence: number } => {
  let best: { impact: number; confidence: number } | undefined;
  for (const weight of weights) {
    const [impact = 0, confidence = 0] = weight.split('×').map(Number);
    const isHeavier =
      best === undefined ||
      impact * confidence > best.impact * best.confidence ||
      (impact * confidence === best.impact * best.confidence && impact > best.impact);
    if (isHeavier) best = { impact, confidence };
  }
  return best ?? rule;
};
