/** Reading and checking a configuration: at synth and in the terminal, never inside a Lambda. */
import { z } from 'zod';
import { type Override, ruleOf } from '../engine/rule.ts';
import { SUPPRESSION_ALIASES, type Suppression } from '../engine/suppression.ts';
import { didYouMean } from '../primitives/did-you-mean.ts';
import { DURATION_FORM, parseDuration, timeOf } from '../primitives/time.ts';
import type { AnyDetection, OptionValue } from '../sdk/detection.ts';
import { conditions } from './conditions.ts';
import { type Config, DEFAULT_CONFIG } from './config.ts';
import { ConfigError, sentences, shownValue } from './mistakes.ts';

/**
 * Checks a configuration as people write it and fills in what it leaves out.
 *
 * @throws ConfigError that names every mistake at once
 */
export const parseConfig = (input: unknown, detections: readonly AnyDetection[]): Config => {
  const parsed = configSchema(detections).safeParse(input ?? {});
  if (!parsed.success)
    throw new ConfigError(parsed.error.issues.flatMap((issue) => sentences(issue, input, detections)));
  return parsed.data;
};

/** The JSON Schema of what people write, for editors. */
export const configJsonSchema = (detections: readonly AnyDetection[]): unknown =>
  z.toJSONSchema(configSchema(detections), { io: 'input', target: 'draft-2020-12' });

const configSchema = (detections: readonly AnyDetection[]) =>
  z
    .strictObject({
      $schema: z.string().optional().describe('Where this schema is, for editors.'),
      clusters: z
        .strictObject({
          include: patterns.optional().describe('Clusters to protect, as names or patterns with *. Default: all.'),
          exclude: z
            .array(z.string().min(1))
            .optional()
            .describe('Clusters to leave alone, even when they are included.'),
        })
        .optional(),
      eventLogGroups: z
        .array(z.strictObject({ logGroup: z.string().min(1), cluster: z.string().min(1) }))
        .optional()
        .describe('Log groups that an agent ships Kubernetes Event objects to, and the cluster that each comes from.'),
      learn: duration
        .optional()
        .describe(
          'How long a new cluster is learned from before first-seen detections speak, such as 7d; 0s for not at all.',
        ),
      detections: z
        .strictObject(
          Object.fromEntries(detections.map((detection) => [detection.id, overrideSchema(detection).optional()])),
        )
        .optional(),
      suppress: z
        .array(suppressionSchema(detections))
        .optional()
        .describe('What is known to be harmless, with the reason.'),
      securityHub: z.boolean().optional().describe('Import findings into Security Hub CSPM. True by default.'),
    })
    .transform(
      (written): Config => ({
        clusters: {
          include: written.clusters?.include ?? DEFAULT_CONFIG.clusters.include,
          exclude: written.clusters?.exclude ?? DEFAULT_CONFIG.clusters.exclude,
        },
        eventLogGroups: written.eventLogGroups ?? DEFAULT_CONFIG.eventLogGroups,
        learn: written.learn ?? DEFAULT_CONFIG.learn,
        detections: (written.detections ?? {}) as Readonly<Record<string, Override>>,
        suppress: written.suppress ?? DEFAULT_CONFIG.suppress,
        securityHub: written.securityHub ?? DEFAULT_CONFIG.securityHub,
      }),
    );

const patterns = z.array(z.string().min(1)).min(1);

const listOf = (written: string | readonly string[]): readonly string[] =>
  typeof written === 'string' ? [written] : written;

const duration = z.string().transform((text, context) => {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({ code: 'custom', message: `must be ${DURATION_FORM}` });
  return z.NEVER;
});

const percentage = z.number().int().min(0).max(100);

const overrideSchema = (detection: AnyDetection) =>
  z
    .strictObject({
      enabled: z.boolean().optional().describe(`Default: ${detection.enabled}.`),
      impact: percentage.optional().describe(`How bad it is if true. Default: ${detection.impact}.`),
      confidence: percentage.optional().describe(`How likely it is true. Default: ${detection.confidence}.`),
      options: optionsSchema(detection).optional(),
    })
    .superRefine((override, context) => {
      const { cap } = ruleOf(detection, override as Override).windowing;
      // A window of no length is a mistake of its own, and reported as such.
      if (cap <= LARGEST_CAP || !Number.isFinite(cap)) return;
      const message =
        'asks for a limit that is too large for its window. Lower the limit, or suppress what is harmless';
      context.addIssue({ code: 'custom', path: ['options'], message });
    })
    .describe(detection.title);

/** References that fit into a table item beside everything else: 21 bytes each, of 400 KB. */
const LARGEST_CAP = 8_000;

const optionsSchema = ({ options, optionDocs }: AnyDetection) =>
  z.strictObject(
    Object.fromEntries(
      Object.entries(options as Readonly<Record<string, OptionValue>>).map(([name, value]) => [
        name,
        optionSchema(name, value)
          .optional()
          .describe(`${(optionDocs as Record<string, string>)[name] ?? name}. Default: ${JSON.stringify(value)}.`),
      ]),
    ),
  );

/** Options of these names are lengths of time, and nothing happens within none. */
const LENGTH = /(?:seconds|minutes|hours|days|weeks|window)$/i;

const optionSchema = (name: string, value: OptionValue): z.ZodType<OptionValue> => {
  if (typeof value === 'boolean') return z.boolean();
  if (typeof value === 'number') return LENGTH.test(name) ? z.number().positive() : z.number().min(0);
  if (typeof value === 'string') return z.string();
  return z.array(z.string());
};

const suppressionSchema = (detections: readonly AnyDetection[]) => {
  const ids = detections.map(({ id }) => id);
  const id = z.string().superRefine((text, context) => {
    if (text === '*' || ids.includes(text)) return;
    context.addIssue({ code: 'custom', message: `names no detection: ${shownValue(text)}.${didYouMean(text, ids)}` });
  });
  return z
    .strictObject({
      detection: id.optional().describe('The id of a detection, or * for all.'),
      detections: z.array(id).min(1).optional().describe('The same for several.'),
      where: conditions.describe(
        `What has to match, all of it: ${SUPPRESSION_ALIASES.join(', ')}, a field such as objectRef.resource, or entity.<name>. A value is a text, a pattern with *, or a list of them.`,
      ),
      reason: z.string().trim().min(1).describe('Why this is harmless. It is counted and shown.'),
      until: until.optional().describe('Day or time (ISO 8601, UTC) from which on it no longer applies.'),
    })
    .transform((written, context): Suppression => {
      const chosen = [...(written.detection === undefined ? [] : [written.detection]), ...(written.detections ?? [])];
      if (chosen.length === 0) {
        const message = 'must say which detection it is for, as "detection": "…", or "*" for all';
        context.addIssue({ code: 'custom', message });
      }
      return {
        detections: chosen,
        where: Object.fromEntries(Object.entries(written.where).map(([field, values]) => [field, listOf(values)])),
        reason: written.reason,
        ...(written.until !== undefined && { until: written.until }),
      };
    });
};

const until = z.string().transform((text, context) => {
  const time = timeOf(text);
  if (!Number.isNaN(time)) return time;
  const message = 'must be a day or a time in ISO 8601, such as 2027-01-31 or 2027-01-31T12:00:00Z';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});
