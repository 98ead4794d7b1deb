/** Importing findings into Security Hub CSPM: in calls of the greatest size, each failure traced to the findings that it concerns. */
import { BatchImportFindingsCommand, type ImportFindingsError, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { FINDINGS_OF_A_CALL, GREATEST_CALL } from '../../shared/outputs/asff/limits.ts';
import type { AsffFinding } from '../../shared/outputs/asff/security-finding.ts';
import type { Import } from './messages.ts';

export interface SecurityHub {
  /** Gives the findings that were not taken. */
  readonly import: (findings: AsffFinding[]) => Promise<readonly ImportFindingsError[]>;
}

export interface Imported {
  readonly taken: number;
  /** Why a message has to be tried again, or kept for a person to look at, by its id. */
  readonly failed: ReadonlyMap<string, string>;
  /** Findings that were not taken because Security Hub is off. Their messages are done with: the bus had them. */
  readonly off: number;
  /** What Security Hub said when it was off. */
  readonly offReason?: string;
}

/** Why a finding was not taken. `code` is the service's own name for it. */
interface Refusal {
  readonly code: string;
  readonly text: string | undefined;
}

/**
 * Security Hub is not enabled in this account and Region, so trying again changes nothing. `InvalidAccess` is the code of a finding
 * among those that failed, the others are errors of a whole call; both forms occur. Sources: Security Hub user guide,
 * "BatchImportFindings"; API reference, BatchImportFindings, and Common Errors.
 */
const OFF = new Set(['InvalidAccess', 'InvalidAccessException', 'OptInRequired', 'SubscriptionRequiredException']);

/** Refusals of a call for what is in it. A smaller call may do without the finding that is to blame. */
const INVALID = new Set(['InvalidInputException', 'ValidationException', 'RequestEntityTooLargeException']);

export const importAll = async (imports: readonly Import[], hub: SecurityHub): Promise<Imported> => {
  const results: Imported[] = [];
  for (const call of calls(imports)) results.push(await importSome(call, hub));
  return join(results);
};

const importSome = async (imports: readonly Import[], hub: SecurityHub): Promise<Imported> => {
  try {
    const errors = await hub.import(imports.map(({ finding }) => finding));
    return resultOf(
      imports,
      new Map(errors.map(({ Id, ErrorCode, ErrorMessage }) => [Id, { code: String(ErrorCode), text: ErrorMessage }])),
    );
  } catch (error) {
    const refusal = refusalOf(error);
    if (INVALID.has(refusal.code) && imports.length > 1) return importHalves(imports, hub);
    return resultOf(imports, new Map(imports.map(({ finding }) => [finding.Id, refusal])));
  }
};

const importHalves = async (imports: readonly Import[], hub: SecurityHub): Promise<Imported> => {
  const middle = Math.ceil(imports.length / 2);
  const first = await importSome(imports.slice(0, middle), hub);
  return join([first, await importSome(imports.slice(middle), hub)]);
};

/** A network failure names itself by a code, and the service by a name. */
const refusalOf = (error: unknown): Refusal => {
  const { code, name, message } = error as {
    readonly code?: unknown;
    readonly name?: unknown;
    readonly message?: string;
  };
  return { code: typeof code === 'string' ? code : String(name), text: message };
};

const resultOf = (imports: readonly Import[], refusals: ReadonlyMap<string | undefined, Refusal>): Imported => {
  const refused = imports.flatMap(({ finding, messages }) => {
    const refusal = refusals.get(finding.Id);
    return refusal === undefined ? [] : [{ messages, code: refusal.code, reason: `${refusal.code}: ${refusal.text}` }];
  });
  const off = refused.filter(({ code }) => OFF.has(code));
  const failed = refused.filter(({ code }) => !OFF.has(code));
  return {
    taken: imports.length - refused.length,
    failed: new Map(failed.flatMap(({ messages, reason }) => messages.map((message) => [message, reason] as const))),
    off: off.length,
    ...(off[0] && { offReason: off[0].reason }),
  };
};

const join = (results: readonly Imported[]): Imported => {
  const offReason = results.find((result) => result.offReason !== undefined)?.offReason;
  return {
    taken: results.reduce((sum, { taken }) => sum + taken, 0),
    failed: new Map(results.flatMap(({ failed }) => [...failed])),
    off: results.reduce((sum, { off }) => sum + off, 0),
    ...(offReason !== undefined && { offReason }),
  };
};

const calls = (imports: readonly Import[]): readonly (readonly Import[])[] => {
  const made: Import[][] = [];
  let bytes = 0;
  for (const one of imports) {
    const size = Buffer.byteLength(JSON.stringify(one.finding));
    const call = made.at(-1);
    if (call === undefined || call.length === FINDINGS_OF_A_CALL || bytes + size > GREATEST_CALL) {
      made.push([one]);
      bytes = size;
    } else {
      call.push(one);
      bytes += size;
    }
  }
  return made;
};

let client: SecurityHubClient | undefined;

/** Security Hub of the account and Region that the function runs in. */
export const deployedHub: SecurityHub = {
  import: async (findings) => {
    client ??= new SecurityHubClient({});
    const answer = await client.send(new BatchImportFindingsCommand({ Findings: findings }));
    return answer.FailedFindings ?? [];
  },
};
