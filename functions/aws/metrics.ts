/** Metrics and details of one invocation as one JSON line, in CloudWatch's embedded metric format. */

/** Namespace of the metrics; alarms in infra/ look there. */
export const METRIC_NAMESPACE = 'eks-detect';

/**
 * Writes one line. Numbers become metrics with the given dimensions; `details` are only logged, so that they can hold names.
 *
 * @param dimensions at most a few, of few values each: every combination is billed as a metric of its own
 */
export const report = (
  metrics: Readonly<Record<string, number>>,
  dimensions: Readonly<Record<string, string>> = {},
  details: Readonly<Record<string, unknown>> = {},
): void => {
  const counted = Object.entries(metrics).filter(([, value]) => value !== 0);
  const names = Object.keys(dimensions);
  const emf = {
    Timestamp: Date.now(),
    CloudWatchMetrics: [
      {
        Namespace: METRIC_NAMESPACE,
        // Without dimensions too: an alarm looks at one metric, and does not know what values there are.
        Dimensions: names.length === 0 ? [[]] : [[], names],
        Metrics: counted.map(([Name]) => ({ Name, Unit: Name.endsWith('Milliseconds') ? 'Milliseconds' : 'Count' })),
      },
    ],
  };
  console.log(
    JSON.stringify({
      ...details,
      ...dimensions,
      ...Object.fromEntries(counted),
      ...(counted.length > 0 && { _aws: emf }),
    }),
  );
};
