/** What infra/ deploys and functions/ rely on, beside the names in environment.ts. Both import it from here. */

/**
 * Seconds that detect may take. A batch takes well under one; the worst payloads take longer, and the AWS SDK tries again when DynamoDB
 * is slow.
 */
export const DETECT_SECONDS = 180;

/** Where Lambda puts whatever it keeps in a bucket. New objects below it are redriven. */
export const GIVEN_UP = 'aws/lambda/';

/** Where the redrive of detect puts parts of a batch, to be redriven by themselves. */
export const PUT_BACK = `${GIVEN_UP}redrive/`;

/** Where records stay that detect can't process. Nothing comes back from here by itself. */
export const UNPROCESSABLE = 'unprocessable/';
