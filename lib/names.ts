import { Lazy } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { type Names, namesOf } from '../core/deployment/names.ts';

/** The context of the app, a stage or a stack that names the environment. */
export const ENVIRONMENT_CONTEXT = 'env';

/** What the deployment that a construct belongs to calls its things: the environment is that of `cdk -c env=…`. */
export function namesIn(scope: IConstruct): Names {
  const environment: unknown = scope.node.tryGetContext(ENVIRONMENT_CONTEXT);
  return namesOf(environment === undefined ? undefined : String(environment));
}

/** The namespace of all metrics, whatever the deployment is that a metric is used in. */
export const METRIC_NAMESPACE = Lazy.uncachedString({
  produce: ({ scope }) => namesIn(scope).metricNamespace,
});
