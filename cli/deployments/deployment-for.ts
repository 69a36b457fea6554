import { UsageError } from '../command.ts';
import type { Deployment, Target } from './deployment.ts';
import { localDeployment } from './local-deployment.ts';

/** The deployment that `--target` names. */
export async function deploymentFor(
  target: Target,
  {
    environment,
    ...directories
  }: { readonly state: string; readonly models: string; readonly environment?: string | undefined },
): Promise<Deployment> {
  if (target === 'local' && environment !== undefined) {
    throw new UsageError('--env is for --target aws; here every --state is a deployment of its own');
  }
  // Only commands that talk to AWS pay for loading its clients.
  return target === 'aws'
    ? (await import('./aws-deployment.ts')).awsDeployment(environment)
    : localDeployment(directories);
}
