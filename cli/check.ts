import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sqlProblems } from '../core/data/sql-problems.ts';
import { locateProblems, readSpec } from '../core/spec/parse-spec.ts';
import type { Spec } from '../core/spec/schema.ts';
import type { SpecProblem } from '../core/spec/spec-problem.ts';
import { SpecError } from '../core/telemetry/errors.ts';
import { broughtProblems, unfitModels } from './brought.ts';
import { type Command, UsageError } from './command.ts';
import { styled } from './table.ts';

/** Every mistake of one spec file, its SQL and missing files included. */
export const problemsOf = (path: string): Promise<readonly string[]> =>
  located(path, async spec => [...(await sqlProblems(spec)), ...broughtProblems(spec, dirname(path))]);

/** Those, and where there are none, trained models that do not fit: their runs would fail. */
async function allProblemsOf(path: string): Promise<readonly string[]> {
  const problems = await problemsOf(path);
  return problems.length > 0 ? problems : located(path, spec => unfitModels(spec, dirname(path)));
}

/** What is wrong with the spec in a file, with its places. */
async function located(
  path: string,
  find: (spec: Spec) => Promise<readonly SpecProblem[]>,
): Promise<readonly string[]> {
  try {
    return locateProblems(readFileSync(path, 'utf8'), path, await find(readSpec(path)));
  } catch (error) {
    if (error instanceof SpecError) return error.problems;
    if (isUnreadable(error)) throw new UsageError(`There is no spec file ${path}`, { cause: error });
    throw error;
  }
}

/** Whether a path names no file: nothing at all, or a folder. */
const isUnreadable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EISDIR');

export const check: Command = {
  summary: 'validates specs: all of the models directory, or those named',
  usage: '[SPEC…]',
  async run({ positionals, models }) {
    const files = positionals.length > 0 ? positionals : specFiles(models);
    const specs = await Promise.all(files.map(async file => ({ file, problems: await allProblemsOf(file) })));
    const text = specs.flatMap(({ file, problems }) =>
      problems.length === 0
        ? [`${styled('green', '✓')} ${file}`]
        : problems.map(line => `${styled('red', '✗')} ${line}`),
    );
    return {
      facts: { specs },
      text: text.join('\n'),
      refused: specs.some(({ problems }) => problems.length > 0),
    };
  },
};

function specFiles(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter(name => /\.ya?ml$/.test(name))
      .sort()
      .map(name => join(directory, name));
  } catch (error) {
    throw new UsageError(`There is no directory of specs at ${directory}; name one with --models`, {
      cause: error,
    });
  }
}
