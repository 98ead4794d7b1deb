/**
 * The regular expressions of a program, as its compiler reads it: every literal, and every place that builds a pattern when it runs. Ways
 * to come by a pattern that this would not see are reported, so that none is missed.
 */
import { resolve } from 'node:path';
import {
  isCallExpression,
  isIdentifier,
  isNewExpression,
  isNoSubstitutionTemplateLiteral,
  isPropertyAccessExpression,
  isRegularExpressionLiteral,
  isStringLiteral,
  type Node,
  type SourceFile,
  SyntaxKind,
} from 'typescript/unstable/ast';
import { API, type Project, TypeFlags } from 'typescript/unstable/sync';

/** `file:line:column`, with the path relative to the working directory. */
type Place = string;

export interface Literal {
  readonly place: Place;
  readonly source: string;
  readonly flags: string;
}

export interface Patterns {
  readonly literals: readonly Literal[];
  /** Where `new RegExp(…)` stands. */
  readonly constructions: readonly Place[];
  /** Sentences about patterns that can't be followed. */
  readonly refused: readonly string[];
}

/** Methods of a string that make a pattern of an argument that is none. */
const COMPILING = new Set(['match', 'matchAll', 'search']);

/** Names that lead to a pattern, or to code, without a literal or `new RegExp(…)`. */
const HIDDEN = new Set(['RegExp', 'constructor', 'compile', 'eval', 'Function']);

/** Files are paths of TypeScript sources that the configuration file takes in; each must be one, so that none is left out. */
export const patternsIn = (files: readonly string[], configuration: string): Patterns => {
  const api = new API({ cwd: process.cwd() });
  try {
    const snapshot = api.updateSnapshot({ openProjects: [resolve(configuration)] });
    const project = snapshot.getProjects().find(({ configFileName }) => configFileName === resolve(configuration));
    if (project === undefined)
      throw new Error(`${configuration} is no project of TypeScript. Run \`npx tsc\` to see why.`);
    const found = files.map((file) => patternsOfFile(file, project));
    return {
      literals: found.flatMap(({ literals }) => literals),
      constructions: found.flatMap(({ constructions }) => constructions),
      refused: found.flatMap(({ refused }) => refused),
    };
  } finally {
    api.close();
  }
};

const patternsOfFile = (file: string, project: Project): Patterns => {
  const source = project.program.getSourceFile(resolve(file));
  if (source === undefined)
    throw new Error(`${file} is not part of the project. Add its folder to the project's \`include\`.`);
  const literals: Literal[] = [];
  const constructions: Place[] = [];
  const refused: string[] = [];
  const visit = (node: Node): void => {
    const place = placeOf(file, source, node);
    if (isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      literals.push({ place, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    } else if (isNewExpression(node) && isIdentifier(node.expression) && node.expression.text === 'RegExp') {
      constructions.push(place);
    } else if (isHidden(node)) {
      refused.push(
        `${place}: a pattern may come from \`${node.parent.getText(source)}\`. Write a literal or \`new RegExp(…)\`.`,
      );
    } else if (compilesText(node, project)) {
      refused.push(
        `${place}: \`${node.getText(source)}\` may make a pattern of a text. Hand over a regular expression.`,
      );
    }
    node.forEachChild(visit);
  };
  visit(source);
  return { literals, constructions, refused };
};

const placeOf = (file: string, source: SourceFile, node: Node): Place => {
  const start = node.getStart(source);
  const before = source.text.slice(0, start).split('\n');
  return `${file}:${before.length}:${(before.at(-1) as string).length + 1}`;
};

/** A mention of `RegExp` and the like that is neither a type nor `new RegExp(…)`. */
const isHidden = (node: Node): boolean => {
  if (isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node))
    return HIDDEN.has(node.text) && node.parent.kind === SyntaxKind.ElementAccessExpression;
  if (!isIdentifier(node) || !HIDDEN.has(node.text)) return false;
  const { parent } = node;
  if (parent.kind === SyntaxKind.TypeReference) return false;
  return !(isNewExpression(parent) && parent.expression === node && node.text === 'RegExp');
};

const compilesText = (node: Node, project: Project): boolean => {
  if (!isCallExpression(node) || !isPropertyAccessExpression(node.expression)) return false;
  const [argument] = node.arguments;
  if (argument === undefined || !COMPILING.has(node.expression.name.text)) return false;
  const receiver = project.checker.getTypeAtLocation(node.expression.expression);
  // Methods of the same name of other objects are no concern.
  if (receiver !== undefined && (receiver.flags & TypeFlags.Object) !== 0) return false;
  return project.checker.getTypeAtLocation(argument)?.getSymbol()?.name !== 'RegExp';
};
