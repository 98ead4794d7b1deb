/** Importing findings: in calls of the greatest size, each failure traced to the findings that it concerns. */
import { BatchImportFindingsCommand, type ImportFindingsError, SecurityHubClient } from '@aws-sdk/client-securityhub';
import type { AsffFinding } from '../../shared/asff-finding.ts';
import { FINDINGS_OF_A_CALL, GREATEST_CALL } from '../../shared/asff-limits.ts';
import type { Import } from './messages.ts';

export interface SecurityHub {
  /** Gives the findings that were not taken. */
  readonly import: (findings: AsffFinding[]) => Promise<readonly ImportFindingsError[]>;
}

export interface Imported {
  readonly taken: number;
  /** Why a message has to be tried again, or kept for a person to look at, by its id. */
  readonly failed: ReadonlyMap<string, string>;
  /** Why there is no Security Hub to import into; everything was left alone then. */
  readonly absent?: string;
}

/** Security Hub is not enabled in this account and Region, or the Region does not have it. Neither is an error of anybody's. */
const ABSENT = new Set(['InvalidAccessException', 'OptInRequired', 'SubscriptionRequiredException', 'ENOTFOUND']);

/** Refusals of a call for what is in it. A smaller call may do without the finding that is to blame. */
const INVALID = new Set(['InvalidInputException', 'ValidationException', 'RequestEntityTooLargeException']);

export const importAll = async (imports: readonly Import[], hub: SecurityHub): Promise<Imported> => {
  const failed = new Map<string, string>();
  let taken = 0;
  for (const call of calls(imports)) {
    const result = await importSome(call, hub);
    if (result.absent !== undefined) return { taken, failed, absent: result.absent };
    taken += result.taken;
    for (const [message, reason] of result.failed) failed.set(message, reason);
  }
  return { taken, failed };
};

const importSome = async (imports: readonly Import[], hub: SecurityHub): Promise<Imported> => {
  try {
    const errors = await hub.import(imports.map(({ finding }) => finding));
    return resultOf(
      imports,
      new Map(errors.map(({ Id, ErrorCode, ErrorMessage }) => [Id, `${ErrorCode}: ${ErrorMessage}`])),
    );
  } catch (error) {
    const name = nameOf(error);
    const reason = `${name}: ${(error as Error).message}`;
    if (ABSENT.has(name)) return { taken: 0, failed: new Map(), absent: reason };
    if (INVALID.has(name) && imports.length > 1) return importHalves(imports, hub);
    return resultOf(imports, new Map(imports.map(({ finding }) => [finding.Id, reason])));
  }
};

const importHalves = async (imports: readonly Import[], hub: SecurityHub): Promise<Imported> => {
  const middle = Math.ceil(imports.length / 2);
  const first = await importSome(imports.slice(0, middle), hub);
  const second = await importSome(imports.slice(middle), hub);
  const absent = first.absent ?? second.absent;
  return {
    taken: first.taken + second.taken,
    failed: new Map([...first.failed, ...second.failed]),
    ...(absent !== undefined && { absent }),
  };
};

/** A network failure names itself by a code, and the service by a name. */
const nameOf = (error: unknown): string => {
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  return typeof code === 'string' ? code : String(name);
};

const resultOf = (imports: readonly Import[], reasons: ReadonlyMap<string | undefined, string>): Imported => {
  const refused = imports.filter(({ finding }) => reasons.has(finding.Id));
  const failed = refused.flatMap(({ finding, messages }) =>
    messages.map((message) => [message, reasons.get(finding.Id) as string] as const),
  );
  return { taken: imports.length - refused.length, failed: new Map(failed) };
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
