import { type Names, namesOf } from '../deployment/names.ts';

/** The environment variables of every function. Infrastructure sets them by these names; this file alone reads them. */
export const ENVIRONMENT = {
  /** URL of the data bucket's store. */
  dataStore: 'ANTEI_DATA_STORE',
  /** URL of the model bucket's store. */
  modelStore: 'ANTEI_MODEL_STORE',
  /** What `cdk deploy -c env=…` called the deployment, where it has a name of its own. */
  environment: 'ANTEI_ENVIRONMENT',
  /** Name of the model that an endpoint serves. */
  servedModel: 'ANTEI_SERVED_MODEL',
} as const;

/** The value of a variable that the infrastructure promised. */
export function environment(variable: keyof typeof ENVIRONMENT): string {
  const name = ENVIRONMENT[variable];
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set.`);
  return value;
}

/** What the deployment calls its things that this function belongs to. */
export const ownNames = (): Names => namesOf(process.env[ENVIRONMENT.environment]);
