/** Audit ids: the API server makes one for each request, unless the client sent one in the `Audit-ID` header. */

const LENGTH = 36;
const DASHES = [8, 13, 18, 23] as const;
const VERSION = 14;
const [DASH, FOUR] = [0x2d, 0x34];

/**
 * Whether the characters from `from` until `end` have the shape that the API server gives an audit id, a random UUID: five groups,
 * version 4, and no backslash, since what is spelled with an escape is another id. A client can choose one of that shape too; what has
 * another shape was chosen by a client for certain.
 */
export const isMadeByServer = (text: string, from = 0, end = text.length): boolean => {
  if (end - from !== LENGTH || text.charCodeAt(from + VERSION) !== FOUR) return false;
  for (const dash of DASHES) if (text.charCodeAt(from + dash) !== DASH) return false;
  const backslash = text.indexOf('\\', from);
  return backslash < 0 || backslash >= end;
};
