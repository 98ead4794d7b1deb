/** Keeps what detect can't process where a person finds it, and says so. */
import { createHash } from 'node:crypto';
import { clean } from '../../../shared/primitives/clean-text.ts';
import { UNPROCESSABLE } from '../../aws/agreed.ts';
import { report } from '../../aws/metrics.ts';
import type { KeptObject, Writer } from '../../aws/redrive.ts';
import { describe } from './piece.ts';

/** Names an object after its content, so that a piece that is written twice is one object. */
export const digestOf = (data: string): string => createHash('sha256').update(data).digest('hex').slice(0, 40);

/** An object as Lambda keeps one of detect. Moved below GIVEN_UP, it is redriven. */
export const keptAs = (data: string, about: object = {}): string =>
  JSON.stringify({ ...about, requestPayload: { awslogs: { data } } });

const RECORD =
  'This log record ends the detect function, or makes it fail, whenever it is read. Nothing was detected in it.';
const PAYLOAD = 'The detect function rejected this payload. Nothing was detected in it.';
const ADVICE =
  'Look at it: it may be an attack that hides itself. Report it as SECURITY.md says. When detect is mended, move the object below aws/lambda/ to have it processed.';

/** @param origin the object that it was found in */
export const keepUnprocessable = async (
  data: string,
  reason: string,
  origin: KeptObject,
  write: Writer,
): Promise<void> => {
  const { logGroup, logStream, ...rest } = describe(data);
  const key = `${UNPROCESSABLE}${digestOf(data)}.json`;
  const about = {
    message: `${rest.records === 1 ? RECORD : PAYLOAD} ${ADVICE}`,
    reason: clean(reason),
    ...rest,
    owner: clean(rest.owner),
    logGroup: clean(logGroup),
    logStream: clean(logStream),
    ...(rest.eventId !== undefined && { eventId: clean(rest.eventId) }),
    foundIn: origin.key,
  };
  await write({ bucket: origin.bucket, key }, keptAs(data, about));
  report({ UnprocessableRecords: 1 }, {}, { ...about, bucket: origin.bucket, key });
};
