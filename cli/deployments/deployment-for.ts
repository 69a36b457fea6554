import type { Deployment, Target } from './deployment.ts';
import { localDeployment } from './local-deployment.ts';

/** The deployment that `--target` names. */
export async function deploymentFor(
  target: Target,
  directories: { readonly state: string; readonly models: string },
): Promise<Deployment> {
  // Only commands that talk to AWS pay for loading its clients.
  return target === 'aws'
    ? (await import('./aws-deployment.ts')).awsDeployment()
    : localDeployment(directories);
}
