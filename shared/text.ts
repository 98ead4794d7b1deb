/** Text that somebody else chose, made safe to show and bounded in length. */

/** C0 and C1 controls, DEL, bidirectional overrides and isolates, zero-width characters, line and paragraph separators, BOM. */
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Half of a surrogate pair: no encoder agrees on what it is. */
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** What looks like a secret wherever it stands. The marker says what was there; nothing of the value stays. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/eyJ[\w-]{5,}(?:\.[\w-]*){1,4}/g, '[JWT]'],
  [/k8s-aws-v1\.[\w-]+/g, '[EKS token]'],
  [/\b(bearer|basic)(\s+|%20|\+)[\w.~+/=-]{8,}/gi, '$1 [redacted]'],
  [
    /\b(authorization|proxy-authorization|x-api-key|cookie)(\s*[:=]\s*)[^&\s"']+(?:\s+[\w.~+/=-]{8,})?/gi,
    '$1$2[redacted]',
  ],
  [
    /\b((?:[\w-]*(?:token|secret|password|passwd|signature|credential|api[_-]?key|access[_-]?key))(?:=|%3d))[^&\s"',;]+/gi,
    '$1[redacted]',
  ],
  [/(--?[\w-]*(?:token|secret|password|passwd|api-?key)\s+)[^\s"',;]+/gi, '$1[redacted]'],
  [/\b(https?:\/\/[^\s/:@]+:)[^\s/@]+@/gi, '$1[redacted]@'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[private key]'],
];

/** How much of a text is looked at, as a multiple of what is kept: work stays bounded however long the text is. */
const LOOKED_AT = 4;

/**
 * A text for findings, logs and terminals: control characters become `·`, secrets become a marker, and what is longer than
 * `longest` (characters, 256 unless told) ends in `…`. Secrets are found before the text is cut, so a cut can't reveal half of one.
 */
export const clean = (text: string, longest = 256): string => {
  let safe = text.length > longest * LOOKED_AT ? text.slice(0, longest * LOOKED_AT) : text;
  if (/[^\u0020-\u007e]/.test(safe)) safe = safe.replace(UNSEEN, '·').replace(LONE_SURROGATE, '�');
  for (const [pattern, marker] of SECRETS) safe = safe.replace(pattern, marker);
  return safe.length > longest ? `${safe.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…` : safe;
};
