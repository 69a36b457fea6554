import { UsageError } from './command.ts';
import { deployedSpecs, specOf } from './specs.ts';

/** The one model that a command names; a UsageError lists those there are. */
export function modelArgument(positionals: readonly string[], state: string, models: string): string {
  const [model, extra] = positionals;
  if (extra !== undefined) throw new UsageError(`"${extra}" is not expected here`);
  return specOf(deployedSpecs(state, models), model).name;
}
