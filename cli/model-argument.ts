import { UsageError } from './command.ts';
import type { Deployment } from './deployments/deployment.ts';
import { specOf } from './specs.ts';

/** The one model that a command names; a UsageError lists those there are. */
export async function modelArgument(positionals: readonly string[], deployment: Deployment): Promise<string> {
  const [model, extra] = positionals;
  if (extra !== undefined) throw new UsageError(`"${extra}" is not expected here`);
  return specOf(await deployment.specs(), model).name;
}
