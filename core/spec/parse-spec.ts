import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { SpecError } from '../telemetry/errors.ts';
import { consistencyProblems, type SpecProblem } from './consistency.ts';
import { TASKS } from './metrics.ts';
import { type ForecastingSpec, isTask, SPEC_SCHEMAS, type Spec, specSchema } from './schema.ts';
import { tasksOfTrainer } from './trainer-names.ts';

/**
 * A spec from its text, with every default filled in.
 * @param file The name that messages give, with line and path, for each mistake.
 * @throws SpecError that lists all mistakes, not only the first.
 */
export function parseSpec(text: string, file: string): Spec {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new SpecError(
      document.errors.map(
        error => `${file}:${lines.linePos(error.pos[0]).line}: not valid YAML: ${error.message}`,
      ),
    );
  }
  const written: unknown = document.toJS({ maxAliasCount: 100 });
  const parsed = specSchema.safeParse(written);
  const problems = parsed.success
    ? consistencyProblems(parsed.data)
    : parsed.error.issues.flatMap(issue => describe(issue, document));
  if (!parsed.success || problems.length > 0) {
    throw new SpecError(problems.map(problem => inWordsOf(file, problem, document, lines)));
  }
  return parsed.data;
}

/** A spec of the task forecasting from its text. Throws SpecError as `parseSpec` does, and for other tasks. */
export function parseForecastingSpec(text: string, file: string): ForecastingSpec {
  const spec = parseSpec(text, file);
  if (spec.task === 'forecasting') return spec;
  throw new SpecError([`${file}: task: found "${spec.task}"; "forecasting" is needed here`]);
}

/** Problems that were found after parsing, such as SQL that does not bind, as `parseSpec` words its own. */
export function locateProblems(text: string, file: string, problems: readonly SpecProblem[]): string[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  return problems.map(problem => inWordsOf(file, problem, document, lines));
}

function inWordsOf(
  file: string,
  { path, message }: SpecProblem,
  document: Document,
  lines: LineCounter,
): string {
  const place = path.length === 0 ? '' : ` ${path.join('.')}:`;
  return `${file}:${lineOf(document, path, lines)}:${place} ${message}`;
}

/** The spec in a file. Throws SpecError also when the file cannot be read. */
export function readSpec(path: string): Spec {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new SpecError([`${path}: cannot be read: ${error instanceof Error ? error.message : error}`]);
  }
  return parseSpec(text, path);
}

/** Every spec of a directory of YAML files, in the order of their names; all mistakes of all files at once. */
export function loadSpecs(directory: string): Spec[] {
  const problems: string[] = [];
  const specs: Spec[] = [];
  const files = readdirSync(directory).filter(name => /\.ya?ml$/.test(name));
  for (const file of files.sort()) {
    try {
      const spec = readSpec(join(directory, file));
      const expected = basename(file).replace(/\.ya?ml$/, '');
      if (spec.name !== expected) {
        problems.push(
          `${join(directory, file)}: name: found "${spec.name}"; the file's name asks for "${expected}"`,
        );
      }
      specs.push(spec);
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new SpecError(problems);
  return specs;
}

type Issue = z.core.$ZodIssue;

const stringPath = (path: readonly PropertyKey[]): (string | number)[] =>
  path.map(part => (typeof part === 'symbol' ? String(part) : part));

/** One problem per thing that the reader has to change, in words that say what was found and what is allowed. */
function describe(issue: Issue, document: Document): SpecProblem[] {
  const path = stringPath(issue.path);
  const found = foundAt(document, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(key => ({
        path: [...path, key],
        message: `unknown key; allowed here: ${allowedKeys(path, document).join(', ') || 'nothing'}`,
      }));
    case 'invalid_value':
      return [
        {
          path,
          message: `found ${found}; allowed: ${issue.values.map(String).join(', ')}${noteOn(path, document)}`,
        },
      ];
    case 'invalid_type':
      return [
        {
          path,
          message:
            found === 'nothing'
              ? `is missing; ${inWords(issue.expected)} is needed`
              : `found ${found}; allowed: ${inWords(issue.expected)}`,
        },
      ];
    case 'invalid_union': {
      const words = discriminators(issue);
      if (words.length > 0) {
        const allowed = words.join(', ');
        return [
          {
            path,
            message:
              found === 'nothing'
                ? `is missing; one of ${allowed} is needed`
                : `found ${found}; allowed: ${allowed}`,
          },
        ];
      }
      // Of one shape the outside is right: what is wrong is inside it.
      const [inside, ...others] = issue.errors.filter(errors => errors.every(isInside));
      if (inside !== undefined && others.length === 0)
        return inside.flatMap(inner =>
          describe({ ...inner, path: [...issue.path, ...inner.path] }, document),
        );
      const expected = issue.errors.flat().map(inWordsOfShape);
      return [{ path, message: `found ${found}; allowed: ${[...new Set(expected)].join(' or ')}` }];
    }
    case 'invalid_key':
      return [
        { path, message: `this name is not allowed: ${issue.issues.map(inner => inner.message).join(', ')}` },
      ];
    case 'too_small':
      return [{ path, message: `found ${found}; the least allowed is ${issue.minimum}` }];
    case 'too_big':
      return [{ path, message: `found ${found}; the most allowed is ${issue.maximum}` }];
    default:
      return [{ path, message: `found ${found}; allowed: ${issue.message}` }];
  }
}

const WORDS: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

const inWords = (type: string): string => WORDS[type] ?? type;

const isInside = (issue: Issue): boolean => issue.path.length > 0 || issue.code === 'unrecognized_keys';

/** What one shape of a place would have been. */
function inWordsOfShape(issue: Issue): string {
  if (issue.code === 'invalid_type') return inWords(issue.expected);
  return issue.code === 'invalid_value' ? issue.values.map(String).join(' or ') : issue.message;
}

/** What a reader should know of a word that is right elsewhere. */
function noteOn(path: readonly (string | number)[], document: Document): string {
  const word: unknown = document.getIn(path);
  const tasks = path[0] === 'candidates' && path.at(-1) === 'trainer' ? tasksOfTrainer(String(word)) : [];
  return tasks.length === 0 ? '' : ` ("${word}" learns ${tasks.join(' and ')} only)`;
}

/** The words that choose among the shapes of a place, where none of them was found; empty for other unions. */
function discriminators(issue: z.core.$ZodIssueInvalidUnion): string[] {
  if (!('discriminator' in issue) || issue.errors.length > 0) return [];
  if (issue.discriminator === 'task') return [...TASKS];
  return 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
}

function foundAt(document: Document, path: readonly (string | number)[]): string {
  const value: unknown = path.length === 0 ? document.toJS() : document.getIn(path);
  if (value === undefined || value === null) return 'nothing';
  if (isNode(value)) return isMap(value) ? 'a mapping' : 'a list';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a mapping';
  return typeof value === 'string' ? `"${value.slice(0, 80)}"` : String(value);
}

/** The line of a place, or of the nearest thing around it that is written down. */
function lineOf(document: Document, path: readonly (string | number)[], lines: LineCounter): number {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown =
      length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isNode(key) && String(key) === String(last));
      if (pair !== undefined && isNode(pair.key) && pair.key.range)
        return lines.linePos(pair.key.range[0]).line;
    } else {
      const node: unknown = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
  }
  return 1;
}

/** The keys that the schema of the document's task allows at a path; at a union, those of every shape. */
function allowedKeys(path: readonly (string | number)[], document: Document): string[] {
  const task: unknown = document.get('task');
  let schemas: z.core.$ZodType[] = shapesOf(isTask(task) ? SPEC_SCHEMAS[task] : specSchema);
  for (const part of path) {
    schemas = schemas.flatMap(schema => {
      const { def } = schema._zod;
      const next = isObjectDef(def)
        ? def.shape[String(part)]
        : isRecordDef(def)
          ? def.valueType
          : isArrayDef(def)
            ? def.element
            : undefined;
      return next === undefined ? [] : shapesOf(next);
    });
  }
  const keys = schemas.flatMap(({ _zod: { def } }) => (isObjectDef(def) ? Object.keys(def.shape) : []));
  return [...new Set(keys)];
}

/** What a schema may be once optional, default and prefault wrappers are off, and unions are taken apart. */
function shapesOf(schema: z.core.$ZodType): z.core.$ZodType[] {
  const inner = unwrap(schema);
  const { def } = inner._zod;
  return isUnionDef(def) ? def.options.flatMap(shapesOf) : [inner];
}

const isObjectDef = (def: z.core.$ZodTypeDef): def is z.core.$ZodObjectDef => def.type === 'object';
const isRecordDef = (def: z.core.$ZodTypeDef): def is z.core.$ZodRecordDef => def.type === 'record';
const isUnionDef = (def: z.core.$ZodTypeDef): def is z.core.$ZodUnionDef => def.type === 'union';
const isArrayDef = (def: z.core.$ZodTypeDef): def is z.core.$ZodArrayDef => def.type === 'array';

/** The schema inside optional, default and prefault wrappers. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const { def } = schema._zod;
  return 'innerType' in def ? unwrap(def.innerType as z.core.$ZodType) : schema;
}
