/**
 * Every place of a record where a client's text may stand, taken from the examples of all detections: each text of each form of record,
 * each parameter and step of a path, and each word of a command.
 */
import { audit, createPod, human, pod } from '../../shared/sdk/examples.ts';
import { REAL_EVENTS, SHIPPED_EVENTS } from './real-events.ts';

export interface Position {
  readonly name: string;
  /** The record with a text there. */
  readonly holding: (text: string) => string;
}

type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
type Path = readonly (string | number)[];

/** What stands where the text will be. */
const MARK = '@text@';

const asWritten = (text: string): string => text;

/** As a client has to write a text into a URI. What is encoded already stays. */
const encoded = (text: string): string =>
  text.includes('%') ? text : encodeURIComponent(Buffer.from(text).toString());

const position = (name: string, marked: unknown, write = asWritten): Position => {
  const parts = JSON.stringify(marked).split(MARK);
  return { name, holding: (text) => parts.join(JSON.stringify(write(text)).slice(1, -1)) };
};

const valueAt = (value: Value, path: Path): Value =>
  path.reduce<Value>((found, key) => (found as Record<string | number, Value>)[key] as Value, value);

/** A copy of a record with another text at some of its places. */
const withText = (record: Value, places: readonly Path[], text: string): Value => {
  const copy = structuredClone(record);
  for (const place of places) {
    (valueAt(copy, place.slice(0, -1)) as Record<string | number, Value>)[place.at(-1) as string | number] = text;
  }
  return copy;
};

const textPlaces = (value: Value, path: Path = []): readonly Path[] => {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    textPlaces(item, [...path, Array.isArray(value) ? Number(key) : key]),
  );
};

/** Objects whose keys are a client's to choose. */
const NAMED_FREELY = new Set([
  'annotations',
  'binaryData',
  'data',
  'extra',
  'labels',
  'matchLabels',
  'nodeSelector',
  'stringData',
]);

const keyPlaces = (value: Value, path: Path = []): readonly Path[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item], index) => {
    const place = [...path, Array.isArray(value) ? Number(key) : key];
    const isChosen = index === 0 && NAMED_FREELY.has(String(path.at(-1)));
    return [...(isChosen ? [place] : []), ...keyPlaces(item, place)];
  });
};

/** A copy of a record in which one key is the mark. */
const withKey = (record: Value, place: Path): Value => {
  const copy = structuredClone(record);
  const parent = valueAt(copy, place.slice(0, -1)) as Record<string | number, Value>;
  const key = place.at(-1) as string;
  parent[MARK] = parent[key] as Value;
  delete parent[key];
  return copy;
};

/** What of the text before it makes a place one of its own: the program or the option there. */
const behind = (before: string | undefined): string =>
  before === undefined ? '' : ` behind ${before.trim().slice(-16)}`;

/** Words of a long text that are tried. */
const MOST_WORDS = 8;

/** Ways to put a text into another: instead of it, and instead of each of its words. Names say what stands before. */
const markings = (old: string): readonly (readonly [name: string, marked: string])[] => {
  const words = old.split(/(?<=\s)(?=\S)/);
  const ofWords = words
    .slice(0, MOST_WORDS)
    .map((word, index): readonly [string, string] => [
      behind(words[index - 1]),
      words.with(index, MARK + word.slice(word.trimEnd().length)).join(''),
    ]);
  return [['', MARK], ...(words.length > 1 ? ofWords : [])];
};

const uriMarkings = (uri: string): ReturnType<typeof markings> => {
  const [path = '', query] = uri.split('?', 2);
  const steps = path.split('/');
  const rest = query === undefined ? '' : `?${query}`;
  const ofSteps = steps.map((_, index): readonly [string, string] => [
    ` step ${index} of ${steps.length}`,
    steps.with(index, MARK).join('/') + rest,
  ]);
  const pairs = query?.split('&') ?? [];
  const ofPairs = pairs.flatMap((pair, index) => {
    const [key = '', value = ''] = pair.split('=', 2);
    return markings(decodeURIComponent(value.replaceAll('+', ' '))).map(([name, marked]): readonly [string, string] => [
      // Of what stands before, only another word of the same command matters.
      ` ${key}${pairs[index - 1]?.startsWith(`${key}=`) ? behind(pairs[index - 1]) : ''}${name}`,
      `${path}?${pairs.with(index, `${key}=${encodeURIComponent(marked).replace(encodeURIComponent(MARK), MARK)}`).join('&')}`,
    ]);
  });
  return [...ofSteps, ...ofPairs, [' more', `${path}?${MARK}&x=${MARK}`]];
};

/** Texts of a header that take no part in which detections look at a record, so that they can be long at once. */
const TOGETHER: readonly (readonly [name: string, places: RegExp])[] = [
  ['object', /^objectRef\.(?:name|namespace)$/],
  ['caller', /^(?:user|impersonatedUser)\.(?:username|uid|extra\..*)$|^userAgent$|^auditID$/],
];

const positionsOf = (record: Value): readonly Position[] => {
  const { objectRef = {}, responseStatus = {} } = record as Record<string, Record<string, string>>;
  const form = `${objectRef['resource']}/${objectRef['subresource'] ?? ''}`;
  const places = textPlaces(record);
  const apart = places.flatMap((place): readonly Position[] => {
    const old = valueAt(record, place) as string;
    const shape = place.map((key) => (typeof key === 'number' ? '*' : key)).join('.');
    if (shape === 'requestURI')
      return uriMarkings(old).map(([name, marked]) =>
        position(`URI${name}`, withText(record, [place], marked), encoded),
      );
    const isBody = /^(?:request|response)Object\./.test(shape);
    const last = place.at(-1) as number;
    const before =
      typeof last === 'number' && last > 0 ? valueAt(record, [...place.slice(0, -1), last - 1]) : undefined;
    return markings(old).map(([name, marked]) =>
      position(
        `${isBody ? `${form} ` : ''}${shape}${typeof before === 'string' ? behind(before) : ''}${name}`,
        withText(record, [place], marked),
      ),
    );
  });
  const outcome = Number(responseStatus['code'] ?? 0) < 400;
  const together = TOGETHER.map(([name, wanted]) =>
    position(
      `${form} ${outcome} ${name}`,
      withText(
        record,
        places.filter((place) => wanted.test(place.join('.'))),
        MARK,
      ),
    ),
  );
  const keys = keyPlaces(record).map((place) => {
    const shape = place
      .slice(0, -1)
      .map((key) => (typeof key === 'number' ? '*' : key))
      .join('.');
    return position(
      `${/^re(?:quest|sponse)Object/.test(shape) ? `${form} ` : ''}a key of ${shape}`,
      withKey(record, place),
    );
  });
  return [...apart, ...keys, ...together];
};

/** Programs whose options some detection reads, whether an example has them or not. */
const PROGRAMS =
  `apk apt-get base64 cat cd curl dpkg env eval export find fetch nc npm nsenter openssl pacman perl pip printenv printf
  python3 rpm set sh socat sudo tar timeout wget xargs xxd yum`.split(/\s+/);

const ofPrograms: readonly Position[] = PROGRAMS.flatMap((program) => {
  const uri = `/api/v1/namespaces/default/pods/web/exec?command=${program}&command=${MARK}`;
  const target = { verb: 'create', resource: 'pods/exec', name: 'web', namespace: 'default', code: 403, uri };
  const starting = (command: readonly string[]) =>
    createPod(human(), pod({ containers: [{ name: 'a', image: 'a', command }] }));
  return [
    position(`exec ${program}`, audit({ ...target, by: human() }), encoded),
    position(`pod ${program}`, starting([program, MARK])),
    position(`script ${program}`, starting(['sh', '-c', `cd /a; ${program} ${MARK} | sh`])),
  ];
});

const ofExamples = [...REAL_EVENTS, ...SHIPPED_EVENTS].flatMap((text) => positionsOf(JSON.parse(text)));

const byLength = [...ofExamples, ...ofPrograms].toSorted((a, b) => b.holding('').length - a.holding('').length);

/** One for each place of each form, however many examples have it: that of the shortest record. */
export const POSITIONS: readonly Position[] = [...new Map(byLength.map((each) => [each.name, each])).values()];
