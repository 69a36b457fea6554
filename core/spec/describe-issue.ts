import { type Document, isMap, isNode } from 'yaml';
import type { z } from 'zod';
import { TASKS } from './metrics.ts';
import { isTask, SPEC_SCHEMAS, specSchema } from './schema.ts';
import type { SpecProblem } from './spec-problem.ts';
import { tasksOfTrainer } from './trainer-names.ts';

type Issue = z.core.$ZodIssue;

const stringPath = (path: readonly PropertyKey[]): (string | number)[] =>
  path.map(part => (typeof part === 'symbol' ? String(part) : part));

/** One problem per thing that the reader has to change, in words that say what was found and what is allowed. */
export function describeIssue(issue: Issue, document: Document): SpecProblem[] {
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
          describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, document),
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
