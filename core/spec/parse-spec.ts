import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import { SpecError } from '../telemetry/errors.ts';
import { consistencyProblems } from './consistency.ts';
import { describeIssue } from './describe-issue.ts';
import { type ForecastingSpec, type Spec, specSchema } from './schema.ts';
import type { SpecProblem } from './spec-problem.ts';

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
    : parsed.error.issues.flatMap(issue => describeIssue(issue, document));
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
