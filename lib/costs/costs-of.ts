import type { App } from 'aws-cdk-lib';
import { type Costs, estimateCosts } from './estimate-costs.ts';

/** What an app with one model would cost. */
export function costsOf(app: App): Costs {
  const [platform, model] = app.synth().stacks;
  if (platform === undefined || model === undefined) throw new Error('The app has no stack of a model.');
  return estimateCosts(platform.template, model.template);
}
