/** Text that somebody else chose, made safe to show and bounded in length. */

/**
 * What is obeyed or hidden instead of shown: C0 and C1 controls, DEL, bidirectional overrides and isolates, zero-width characters, line
 * and paragraph separators, BOM, and tags, in which a whole text can hide.
 */
export const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Half of a surrogate pair: no encoder agrees on what it is. */
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const SECRET_NAMES = 'token|secret|password|passwd|signature|credential|api[_-]?key|access[_-]?key';

/**
 * What looks like a secret wherever it stands. The marker says what was there; nothing of the value stays. Each pattern begins with
 * something fixed and never looks at a character more often than a fixed number of times: the texts are an attacker's.
 */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/last-applied-configuration[\s\S]*$/, 'last-applied-configuration [redacted]'],
  // `{"` in base64url. Shorter than that no header is, unless a second part follows that begins like it. All that may be left of
  // one is the beginning of its header, which is no secret.
  [/eyJ[\w-]{1,13}\.eyJ[\w.-]*/g, '[JWT]'],
  [/eyJ[\w-]{14}[\w.-]*/g, '[JWT]'],
  [/k8s-aws-v1\.[\w-]+/g, '[EKS token]'],
  [/(bearer|basic)(\s+|%20|\+)[\w.~+/=-]{8,}/gi, '$1 [redacted]'],
  [
    /\b(authorization|x-api-key|cookie)("?\s{0,8}(?:[:=]|%3a|%3d)\s{0,8}"?)[^&\s"']+(?:\s{1,8}[\w.~+/=-]{8,})?/gi,
    '$1$2[redacted]',
  ],
  [new RegExp(`((?:${SECRET_NAMES})(?:=|%3d))[^&\\s"',;]+`, 'gi'), '$1[redacted]'],
  // JSON, as requests and messages quote it: a value under a telling name, and the value of an environment variable.
  [new RegExp(`((?:${SECRET_NAMES})[\\w-]{0,8}\\\\?"\\s{0,8}:\\s{0,8}\\\\?")[^"\\\\]+`, 'gi'), '$1[redacted]'],
  [/(\\?"value\\?"\s{0,8}:\s{0,8}\\?")[^"\\]+/gi, '$1[redacted]'],
  [/(-\w{0,32}(?:token|secret|password|passwd|api-?key)\s{1,8})[^\s"',;]+/gi, '$1[redacted]'],
  [/\b(https?:\/\/[^\s/:@]{1,128}:)[^\s/@]+@/gi, '$1[redacted]@'],
  [/-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,32}PRIVATE KEY-----|$)/g, '[private key]'],
];

/** How much of a text is looked at, as a multiple of what is kept: work stays bounded however long the text is. */
const LOOKED_AT = 4;

/**
 * A text for findings, logs and terminals: control characters become `·`, secrets become a marker, and what is longer than
 * `longest` (characters, by default 256) ends in `…`. Secrets are found before the text is cut, so a cut can't reveal half of one.
 */
export const clean = (text: string, longest = 256): string => {
  let safe = text.length > longest * LOOKED_AT ? text.slice(0, longest * LOOKED_AT) : text;
  if (/[^\u0020-\u007e]/.test(safe)) safe = safe.replace(UNSEEN, '·').replace(LONE_SURROGATE, '�');
  for (const [pattern, marker] of SECRETS) safe = safe.replace(pattern, marker);
  return safe.length > longest ? `${safe.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…` : safe;
};
