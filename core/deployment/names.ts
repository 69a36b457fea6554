import { type AlarmId, alarmName, PLATFORM_ALARMS, type PlatformAlarmId } from '../monitoring/alarm-names.ts';

/**
 * Short, and without `-` or `_`: those divide the parts of longer names. The specs of an environment `models` would lie
 * among those of the deployment that has no name, whose roles could read them.
 */
const ENVIRONMENT_NAME = /^(?!models$)[a-z][a-z0-9]{0,11}$/;

/**
 * What one deployment calls its things. Several deployments in one account are environments, each with names of its own:
 * no name of one can be a name of another, whatever its models are called (a model's name has neither `_` nor space).
 */
export interface Names {
  /** Undefined for the deployment that has no name of its own. */
  readonly environment: string | undefined;
  readonly platformStack: string;
  readonly modelStack: (model: string) => string;
  /** Of a state machine, and the last part of its log group's name. */
  readonly machine: (workflow: string) => string;
  /** Of an event rule. */
  readonly rule: (model: string, purpose: string) => string;
  /** Of the topic of those who answer for a part of a model's life. */
  readonly topic: (model: string, role: string) => string;
  /** Of a model's dashboard, or of the one for all models. */
  readonly dashboard: (model?: string) => string;
  readonly alarm: (model: string, alarm: AlarmId) => string;
  readonly platformAlarm: (alarm: PlatformAlarmId) => string;
  /** What the names of training jobs begin with. */
  readonly trainingJobs: string;
  /** Of all metrics. */
  readonly metricNamespace: string;
  /** Path of the SSM parameters that hold the packed specs. */
  readonly specs: string;
  readonly specParameter: (model: string) => string;
  /** Words for people: `Antei`, or `Antei (dev)`. */
  readonly title: string;
}

/** Throws RangeError for a name that an environment cannot have. */
export function namesOf(environment?: string): Names {
  if (environment !== undefined && !ENVIRONMENT_NAME.test(environment)) {
    throw new RangeError(
      `The environment is called "${environment}"; allowed are 1 to 12 lower-case letters and digits, a letter first, ` +
        'such as dev or staging2, but not models',
    );
  }
  const suffix = (divider: string): string => (environment === undefined ? '' : `${divider}${environment}`);
  const title = environment === undefined ? 'Antei' : `Antei (${environment})`;
  const stack = `Antei${environment === undefined ? '' : environment[0]?.toUpperCase() + environment.slice(1)}`;
  const short = `antei${suffix('_')}`;
  const specs = `/antei${suffix('/')}/models`;
  return {
    ...{ environment, title, specs },
    platformStack: `${stack}Platform`,
    modelStack: model => `${stack}Model-${model}`,
    machine: workflow => `${short}-${workflow}`,
    rule: (model, purpose) => `${short}-${model}-${purpose}`,
    topic: (model, role) => `${short}-${model}-${role}`,
    dashboard: model => `Antei${suffix('_')}${model === undefined ? '' : `-${model}`}`,
    alarm: (model, alarm) => alarmName(model, alarm, title),
    platformAlarm: alarm => `${title}: ${PLATFORM_ALARMS[alarm].toLowerCase()}`,
    // SageMaker allows no `_`; no such beginning is that of another, because an environment's name has no `-`.
    trainingJobs: `antei${suffix('')}-`,
    metricNamespace: `Antei${suffix('/')}`,
    specParameter: model => `${specs}/${model}`,
  };
}
