/** The environment variables of every function. Infrastructure sets them by these names; this file alone reads them. */
export const ENVIRONMENT = {
  /** URL of the data bucket's store. */
  dataStore: 'ANTEI_DATA_STORE',
  /** URL of the model bucket's store. */
  modelStore: 'ANTEI_MODEL_STORE',
  /** Namespace of the metrics, where the deployment has a name of its own. */
  metricNamespace: 'ANTEI_METRIC_NAMESPACE',
  /** Name of the model that an endpoint serves. */
  servedModel: 'ANTEI_SERVED_MODEL',
} as const;

/** The value of a variable that the infrastructure promised, or may have set where there is another way. */
export function environment(variable: keyof typeof ENVIRONMENT, otherwise?: string): string {
  const name = ENVIRONMENT[variable];
  const value = process.env[name] ?? otherwise;
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set.`);
  return value;
}
