/** Names of the environment variables by which infra/ tells functions/ what was deployed. Both import them from here. */
export const FINDINGS_TABLE = 'FINDINGS_TABLE';
export const BASELINES_TABLE = 'BASELINES_TABLE';
export const EVENT_BUS = 'EVENT_BUS';
/** The AWS partition, such as `aws` or `aws-us-gov`, which ARNs in findings begin with. */
export const PARTITION = 'PARTITION';
/** The detect function's ARN, which subscribe makes the destination of its filters, and which the redrive of detect invokes. */
export const DETECT_FUNCTION = 'DETECT_FUNCTION';

/** The value of a variable that infra/ sets; a missing one is a broken deployment and stops the function at its start. */
export const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(
      `The environment variable ${name} is not set. Deploy the function with eks-detect's own stack, which sets it.`,
    );
  }
  return value;
};
