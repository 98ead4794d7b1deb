/** A validator over the OCSF schema's own definition files: https://github.com/ocsf/ocsf-schema, at tag 1.6.0. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Attribute {
  readonly type?: string;
  readonly is_array?: boolean;
  readonly requirement?: string;
  readonly profile?: string | null;
  readonly enum?: Readonly<Record<string, { readonly caption: string }>>;
  readonly sibling?: string;
  readonly observable?: number;
  readonly '@deprecated'?: unknown;
}

interface Definition {
  readonly name: string;
  readonly extends?: string;
  readonly observable?: number;
  readonly attributes?: Readonly<Record<string, Attribute | readonly string[]>>;
  readonly constraints?: { readonly at_least_one?: readonly string[]; readonly just_one?: readonly string[] };
}

interface ScalarType {
  readonly type?: string;
  readonly regex?: string;
  readonly max_len?: number;
  readonly range?: readonly [number, number];
  readonly observable?: number;
}

interface Compiled {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly constraints: NonNullable<Definition['constraints']>;
}

/** Gives one sentence for each rule of the schema that an event breaks. Undefined where the folder does not exist. */
export const ocsfValidator = (folder: string): ((event: unknown) => readonly string[]) | undefined => {
  if (!existsSync(join(folder, 'dictionary.json'))) return undefined;
  const read = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'));
  const dictionary = read('dictionary.json') as {
    readonly attributes: Readonly<Record<string, Attribute>>;
    readonly types: { readonly attributes: Readonly<Record<string, ScalarType>> };
  };
  const types = dictionary.types.attributes;
  const objects = new Map<string, Definition>(
    readdirSync(join(folder, 'objects')).map((file) => [file.replace('.json', ''), read(`objects/${file}`)]),
  );
  const events = new Map<string, Definition>([
    ['base_event', read('events/base_event.json')],
    ['finding', read('events/findings/finding.json')],
    ['detection_finding', read('events/findings/detection_finding.json')],
  ]);

  const included = (path: string): Record<string, Attribute> => {
    const profile = read(path) as Definition;
    return Object.fromEntries(
      Object.entries(profile.attributes ?? {}).map(([name, attribute]) => [
        name,
        { profile: profile.name, ...(attribute as Attribute) },
      ]),
    );
  };

  const compile = (definitions: ReadonlyMap<string, Definition>, name: string): Compiled => {
    const definition = definitions.get(name);
    if (definition === undefined) throw new Error(`the schema defines no ${name}`);
    const parent =
      definition.extends === undefined ? { attributes: {}, constraints: {} } : compile(definitions, definition.extends);
    const attributes: Record<string, Attribute> = { ...parent.attributes };
    const add = (key: string, own: Attribute) => {
      const known = attributes[key];
      attributes[key] = {
        ...known,
        ...own,
        ...((known?.enum ?? own.enum) && { enum: { ...known?.enum, ...own.enum } }),
      };
    };
    for (const path of (definition.attributes?.['$include'] ?? []) as readonly string[]) {
      for (const [key, own] of Object.entries(included(path))) add(key, own);
    }
    for (const [key, own] of Object.entries(definition.attributes ?? {}))
      if (key !== '$include') add(key, own as Attribute);
    return { attributes, constraints: { ...parent.constraints, ...definition.constraints } };
  };

  /** Numbers that an observable's type_id may have: all that the definitions give out. */
  const observableTypes = new Set<number>(
    [
      ...Object.values(types),
      ...Object.values(dictionary.attributes),
      ...[...objects.values()].flatMap((one) => [one, ...(Object.values(one.attributes ?? {}) as Attribute[])]),
    ].flatMap(({ observable }) => observable ?? []),
  );

  const check = (value: unknown, { attributes, constraints }: Compiled, profiles: readonly string[], path: string) => {
    const problems: string[] = [];
    const record = value as Readonly<Record<string, unknown>>;
    const available = ({ profile }: Attribute) =>
      profile === undefined || profile === null || profiles.includes(profile);
    for (const [name, own] of Object.entries(attributes)) {
      if (own.requirement === 'required' && available(own) && record[name] === undefined)
        problems.push(`${path}${name} is required`);
    }
    for (const [name, item] of Object.entries(record)) {
      const own = attributes[name];
      const at = `${path}${name}`;
      if (own === undefined || !available(own)) {
        problems.push(`${at} is unknown`);
        continue;
      }
      if (own['@deprecated'] !== undefined) problems.push(`${at} is deprecated`);
      const general = dictionary.attributes[name];
      const attribute = { ...general, ...own, enum: { ...general?.enum, ...own.enum } };
      const items = attribute.is_array ? item : [item];
      if (!Array.isArray(items)) problems.push(`${at} should be a list`);
      else for (const one of items) problems.push(...checkItem(one, attribute, record, profiles, at));
    }
    const present = (names: readonly string[]) => names.filter((name) => record[name] !== undefined).length;
    const { at_least_one: some, just_one: one } = constraints;
    if (some && present(some) === 0) problems.push(`${path} has none of ${some.join(', ')}`);
    if (one && present(one) !== 1) problems.push(`${path} has not just one of ${one.join(', ')}`);
    return problems;
  };

  const checkItem = (
    item: unknown,
    { type = '', enum: choices = {}, sibling }: Attribute,
    record: Readonly<Record<string, unknown>>,
    profiles: readonly string[],
    at: string,
  ): readonly string[] => {
    if (type === 'json_t') return [];
    if (!type.endsWith('_t')) {
      if (typeof item !== 'object' || item === null) return [`${at} should be an object`];
      return type === 'object' ? [] : check(item, compile(objects, type), profiles, `${at}.`);
    }
    const problems = [...checkScalar(item, type, at)];
    if (at === 'observables.type_id') {
      if (!observableTypes.has(item as number)) problems.push(`${at} ${item} is no type of observables`);
      return problems;
    }
    const caption = choices[String(item)]?.caption;
    if (Object.keys(choices).length > 0 && !['class_uid', 'category_uid', 'type_uid'].includes(at)) {
      if (caption === undefined) problems.push(`${at} ${item} is none of ${Object.keys(choices).join(', ')}`);
      const said = sibling === undefined ? undefined : record[sibling];
      if (said !== undefined && said !== caption) problems.push(`${sibling} beside ${at} is ${said}, not ${caption}`);
    }
    return problems;
  };

  const checkScalar = (item: unknown, name: string, at: string): readonly string[] => {
    const { type = name, regex, max_len, range } = types[name] ?? {};
    const whole = ['integer_t', 'long_t', 'timestamp_t'].includes(type);
    const expected = whole || type === 'float_t' ? 'number' : type === 'boolean_t' ? 'boolean' : 'string';
    if (typeof item !== expected || (whole && !Number.isSafeInteger(item)))
      return [`${at} ${item} should be a ${type}`];
    const problems: string[] = [];
    if (regex && !new RegExp(regex).test(String(item))) problems.push(`${at} ${item} is no ${name}`);
    if (max_len && String(item).length > max_len) problems.push(`${at} is longer than ${max_len}`);
    if (range && ((item as number) < range[0] || (item as number) > range[1])) problems.push(`${at} is out of range`);
    return problems;
  };

  return (event) => {
    const { metadata } = event as { readonly metadata?: { readonly profiles?: readonly string[] } };
    return check(event, compile(events, 'detection_finding'), metadata?.profiles ?? [], '');
  };
};
