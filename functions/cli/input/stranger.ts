/** What input seems to be that holds no event, and what to do about it. */

/** Bytes from the beginning of a file that are looked at. */
export const BEGINNING = 4_096;

/** What a file seems to be, as the end of "It seems to be …", and a sentence that says what to do. */
interface Guess {
  readonly what: string;
  readonly remedy: string;
}

const READS =
  'replay reads EKS audit logs and Kubernetes Events; `eks-detect replay --help` lists the forms in which it takes them.';

const piped = (command: string): string => `Unpack it first: ${command} FILE | eks-detect replay -`;

/** The first bytes of formats, in hexadecimal. Sources: RFC 8878 (zstd), the formats' own specifications, and file(1). */
const SIGNATURES: readonly (readonly [bytes: string, what: string, remedy: string])[] = [
  ['504b0304', 'a zip archive', piped('unzip -p')],
  ['504b0506', 'an empty zip archive', READS],
  ['28b52ffd', 'compressed by zstd', piped('zstd -dc')],
  ['425a68', 'compressed by bzip2', piped('bzip2 -dc')],
  ['fd377a585a00', 'compressed by xz', piped('xz -dc')],
  ['04224d18', 'compressed by lz4', piped('lz4 -dc')],
  ['ff060000734e61507059', 'compressed by Snappy', piped('snzip -dc')],
  ['377abcaf271c', 'a 7z archive', piped('7z x -so')],
  ['7f454c46', 'a program (ELF)', READS],
  ['4d5a', 'a program of Windows', READS],
  ['cffaedfe', 'a program (Mach-O)', READS],
  ['cafebabe', 'a program (Mach-O or Java)', READS],
  ['25504446', 'a PDF document', READS],
  ['89504e47', 'a PNG image', READS],
  ['53514c69746520666f726d6174203300', 'an SQLite database', READS],
  ['50415231', 'a Parquet file', 'Convert it to JSON lines, with one audit event a line.'],
  ['4f626a01', 'an Avro file', 'Convert it to JSON lines, with one audit event a line.'],
];

/** Where a tar archive has its signature. */
const TAR = { at: 257, signature: 'ustar' } as const;

/** Forms of text: each has all of these in its beginning. */
const FORMS: readonly (readonly [signs: readonly RegExp[], what: string, remedy: string])[] = [
  [
    [/"eventVersion"\s{0,8}:/, /"(?:eventSource|userIdentity|eventName)"\s{0,8}:/],
    'a CloudTrail log',
    'CloudTrail records calls of the EKS API, not what happens inside a cluster. Read the log group /aws/eks/<cluster>/cluster, with --log-group or from an export.',
  ],
  [
    [/^\s*\{\s*"(?:results|queryLanguage|statistics|status|encryptionKey)"/, /"field"\s{0,8}:\s{0,8}"@?\w/],
    'the results of a CloudWatch Logs Insights query, as get-query-results gives them',
    'Read the log group itself, with --log-group or from aws logs filter-log-events.',
  ],
  [
    [/^\s*\[\s*(?:\[\s*)?\{\s*"(?:@\w+|field)"\s*:/],
    'the results of a CloudWatch Logs Insights query',
    'Query with "fields @timestamp, @message" and export the results as JSON, or read the log group itself with --log-group.',
  ],
  [
    [
      /^\s*"?@?\w[\w.@]*"?(?:,"?@?\w[\w.@]*"?)*,"?@(?:message|timestamp|ptr|log|logStream)"?(?:,|\r?\n)|^\s*"?@(?:message|timestamp)"?(?:,|\r?\n)/,
    ],
    'the results of a CloudWatch Logs Insights query as CSV',
    'Export the results as JSON, with @message among the fields, or read the log group itself with --log-group.',
  ],
  [
    [/^\s*(?:\S+\s+)?(?:[IWEF]\d{4} \d\d:\d\d:\d\d|time="[^"]+" level=)/],
    'the log of another part of the control plane',
    'Name the files of the audit log: the log streams kube-apiserver-audit-*.',
  ],
  [[/^(?:apiVersion|kind):\s/m], 'Kubernetes YAML', 'Write Kubernetes Events as JSON: kubectl get events -A -o json.'],
  [[/^\s*[[{]/], 'JSON of another kind', READS],
];

/** What input seems to be of which this is the beginning, gzip taken away. */
export const seemsToBe = (beginning: Uint8Array): Guess => {
  const bytes = Buffer.from(beginning);
  const hex = bytes.subarray(0, 16).toString('hex');
  const signature = SIGNATURES.find(([start]) => hex.startsWith(start));
  if (signature !== undefined) return { what: signature[1], remedy: signature[2] };
  if (bytes.toString('latin1', TAR.at, TAR.at + TAR.signature.length) === TAR.signature) {
    return { what: 'a tar archive', remedy: piped('tar -xOf') };
  }
  const isUtf16 = hex.startsWith('fffe');
  if (!isUtf16 && bytes.includes(0)) return { what: 'binary data', remedy: READS };
  const text = bytes.toString(isUtf16 ? 'utf16le' : 'utf8').replace(/^\ufeff/, '');
  const form = FORMS.find(([signs]) => signs.every((sign) => sign.test(text)));
  return form === undefined ? { what: 'plain text', remedy: READS } : { what: form[1], remedy: form[2] };
};
