/** Findings for Security Hub in queue messages, each of which holds one event of the bus. */
import type { EventBridgeEvent, SQSRecord } from 'aws-lambda';
import { toAsff } from '../../shared/outputs/asff/finding.ts';
import type { AsffFinding } from '../../shared/outputs/asff/security-finding.ts';
import type { DetectionFinding } from '../../shared/outputs/ocsf/event.ts';
import { groupBy } from '../../shared/primitives/group-by.ts';

/** A finding, and the messages whose fate it decides: of several events about one finding in a batch only the latest counts. */
export interface Import {
  readonly finding: AsffFinding;
  readonly messages: readonly string[];
}

export interface Imports {
  readonly imports: readonly Import[];
  /** Why a message holds no finding, by its id. */
  readonly unreadable: ReadonlyMap<string, string>;
}

/** @param partition the AWS partition that this runs in; without it the Region of an event tells */
export const importsOf = (records: readonly SQSRecord[], partition?: string): Imports => {
  const unreadable = new Map<string, string>();
  const read = records.flatMap(({ messageId, body }) => {
    try {
      return [{ messageId, finding: findingOf(body, partition) }];
    } catch (error) {
      unreadable.set(messageId, `it holds no finding of eks-detect: ${String(error).slice(0, 200)}`);
      return [];
    }
  });
  const imports = [...groupBy(read, ({ finding }) => finding.Id).values()].map((group) => ({
    finding: group.map(({ finding }) => finding).reduce((a, b) => (b.UpdatedAt > a.UpdatedAt ? b : a)),
    messages: group.map(({ messageId }) => messageId),
  }));
  return { imports, unreadable };
};

/** Findings of the default product are taken from the account that they are about; the event tells which that is. */
const findingOf = (body: string, partition: string | undefined): AsffFinding => {
  const { account, region, detail } = JSON.parse(body) as EventBridgeEvent<string, DetectionFinding>;
  return toAsff(detail, { account, region, ...(partition !== undefined && { partition }) });
};
