/** Subscription payloads as CloudWatch Logs sends them to a function. */
import { gzipSync } from 'node:zlib';
import { BEGINNING } from './stream.ts';

/** Records of one payload: CloudWatch Logs gathers about this many on a cluster that is not idle. */
export const RECORDS_OF_A_PAYLOAD = 1_000;

export const payloadText = (records: readonly string[], first = 0): string => {
  const logEvents = records.map((message, index) => ({
    id: String(first + index).padStart(56, '3'),
    timestamp: BEGINNING + first + index,
    message,
  }));
  return JSON.stringify({
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: '/aws/eks/prod/cluster',
    logStream: 'kube-apiserver-audit-1f2e3d4c5b6a79880123456789abcdef',
    subscriptionFilters: ['eks-detect'],
    logEvents,
  });
};

/** What the function is called with: base64 of gzip. */
export const payload = (records: readonly string[], first = 0): string =>
  gzipSync(payloadText(records, first)).toString('base64');

export const payloadsOf = (records: readonly string[]): readonly string[] =>
  Array.from({ length: Math.ceil(records.length / RECORDS_OF_A_PAYLOAD) }, (_, index) => {
    const first = index * RECORDS_OF_A_PAYLOAD;
    return payload(records.slice(first, first + RECORDS_OF_A_PAYLOAD), first);
  });
