/** Limits of the AWS Security Finding Format. Source: Security Hub API reference, AwsSecurityFinding, Resource, ResourceDetails, Recommendation. */

/** Characters. */
export const LONGEST = {
  title: 256,
  description: 1024,
  recommendation: 512,
  fieldKey: 128,
  fieldValue: 2048,
  resourceId: 512,
  detailValue: 1024,
} as const;

/** Entries. */
export const MOST = { fields: 50, resources: 32, types: 50 } as const;

/** Bytes of a call. Source: Security Hub partner guide, "Guidelines for using the BatchImportFindings API". */
export const GREATEST_CALL = 6_000_000;
export const FINDINGS_OF_A_CALL = 100;

/** A text of at most so many characters; what was cut ends in an ellipsis, and never in half a character. */
export const cut = (text: string, longest: number): string =>
  text.length > longest ? `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…` : text;
