import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sqlProblems } from '../core/data/sql-problems.ts';
import { locateProblems, readSpec } from '../core/spec/parse-spec.ts';
import { SpecError } from '../core/telemetry/errors.ts';
import { type Command, UsageError } from './command.ts';
import { styled } from './table.ts';

/** Every mistake of one spec file, its SQL included. */
export async function problemsOf(path: string): Promise<readonly string[]> {
  try {
    return locateProblems(readFileSync(path, 'utf8'), path, await sqlProblems(readSpec(path)));
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
    const specs = await Promise.all(files.map(async file => ({ file, problems: await problemsOf(file) })));
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
