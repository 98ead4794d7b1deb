/** Audit ids: the API server makes one for each request, unless the client sent one in the `Audit-ID` header. */

const LENGTH = 36;
const DASHES = [8, 13, 18, 23] as const;
const VERSION = 14;

/**
 * Whether the characters from `from` until `end` have the shape that the API server gives an audit id, a random UUID: five groups,
 * version 4. A client can choose one of that shape too; what has another shape was chosen by a client for certain.
 */
export const isMadeByServer = (text: string, from = 0, end = text.length): boolean =>
  end - from === LENGTH &&
  text.charCodeAt(from + VERSION) === 0x34 &&
  DASHES.every((dash) => text.charCodeAt(from + dash) === 0x2d);
