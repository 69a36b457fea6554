import * as z from 'zod';
import { ALTERNATIVES, HOURS_PER_MONTH, PRICES } from './prices.ts';

/** One line of a bill. */
export interface CostLine {
  readonly what: string;
  readonly dollars: number;
}

export interface Costs {
  /** For a month in which nothing happens but schedules. */
  readonly idlePlatform: readonly CostLine[];
  /** The same, for each model besides. */
  readonly idleModel: readonly CostLine[];
  /** For an upload that is accepted, trained on and promoted. */
  readonly upload: readonly CostLine[];
  readonly thousandPredictions: readonly CostLine[];
  /** What does the same elsewhere, for a month. */
  readonly alternatives: readonly CostLine[];
}

/** What is assumed of work, where a template cannot tell. */
export const ASSUMED = {
  /** Seconds that a function with DuckDB works on some 100,000 rows; the others take one. */
  seconds: 10,
  /** Candidates that learn from an upload. */
  candidates: 6,
  /** Gigabytes of logs that an execution leaves. */
  executionLog: 50e-6,
  /** Objects that an upload reads and writes. */
  objects: 60,
  /** Seconds and gigabytes of logs of one online prediction. */
  answer: 0.01,
  answerLog: 1e-6,
  /** Gigabytes that Firehose counts for a record. */
  record: 5e-6,
  /** Hours of a month in which schedules give a model's metrics a value, added up. */
  metricHours: 60,
  /** Executions that schedules start in a month, and their state transitions. */
  scheduled: 35,
} as const;

/** Memory from which a function is one with DuckDB, in MB. */
const LARGE = 1024;

const resources = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() }),
  ),
});
const machine = z.object({ StateMachineName: z.string(), DefinitionString: z.unknown() });
const memory = z.object({ MemorySize: z.number(), Description: z.string().optional() });

type Template = z.output<typeof resources>;

const count = ({ Resources }: Template, type: string): number =>
  Object.values(Resources).filter(({ Type }) => Type === type).length;

/**
 * Estimates what a deployment costs, from its own resources.
 * @param platform Template of the platform's stack, as JSON.
 * @param model Template of a model's stack.
 */
export function estimateCosts(platform: unknown, model: unknown): Costs {
  const [shared, own] = [resources.parse(platform), resources.parse(model)];
  const transitions = statesOf(shared, 'delivery');
  return {
    idlePlatform: [
      {
        what: `keys: ${count(shared, 'AWS::KMS::Key')}`,
        dollars: count(shared, 'AWS::KMS::Key') * PRICES.key,
      },
      ...watching(shared),
    ],
    idleModel: [
      ...watching(own),
      { what: 'metrics', dollars: (ASSUMED.metricHours / HOURS_PER_MONTH) * PRICES.metric },
      {
        what: `${ASSUMED.scheduled} scheduled measurements`,
        dollars:
          ASSUMED.scheduled *
          (statesOf(shared, 'monitoring') * PRICES.stateTransition +
            2 * invocation(largest(shared), ASSUMED.seconds) +
            ASSUMED.executionLog * PRICES.logGigabyte),
      },
    ],
    upload: [
      {
        what: `${transitions + ASSUMED.candidates} state transitions at most`,
        dollars: (transitions + ASSUMED.candidates) * PRICES.stateTransition,
      },
      {
        what: `functions: every step once, ${ASSUMED.candidates} candidates`,
        dollars:
          sum(functionsOf(shared).map(megabytes => invocation(megabytes, secondsOf(megabytes)))) +
          (ASSUMED.candidates - 1) * invocation(largest(shared), ASSUMED.seconds),
      },
      { what: `${ASSUMED.objects} objects`, dollars: ASSUMED.objects * (PRICES.put + PRICES.get) },
      { what: 'logs and traces', dollars: ASSUMED.executionLog * PRICES.logGigabyte + PRICES.trace },
    ],
    thousandPredictions: [
      { what: 'function', dollars: 1000 * invocation(largest(own) || largest(shared), ASSUMED.answer) },
      { what: 'log', dollars: 1000 * ASSUMED.answerLog * PRICES.logGigabyte },
      { what: 'prediction log', dollars: 1000 * ASSUMED.record * PRICES.firehoseGigabyte },
    ],
    alternatives: ALTERNATIVES.map(({ what, hour, month }) => ({
      what,
      dollars: hour * HOURS_PER_MONTH + month,
    })),
  };
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function watching(template: Template): CostLine[] {
  const [alarms, dashboards] = ['Alarm', 'Dashboard'].map(kind =>
    count(template, `AWS::CloudWatch::${kind}`),
  );
  return [
    { what: `alarms: ${alarms}`, dollars: (alarms ?? 0) * PRICES.alarm },
    { what: `dashboards: ${dashboards}`, dollars: (dashboards ?? 0) * PRICES.dashboard },
  ];
}

const secondsOf = (megabytes: number): number => (megabytes >= LARGE ? ASSUMED.seconds : 1);

const invocation = (megabytes: number, seconds: number): number =>
  (megabytes / 1024) * seconds * PRICES.lambdaGigabyteSecond + PRICES.lambdaRequest;

/** Megabytes of each function. */
const functionsOf = ({ Resources }: Template): number[] =>
  Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => memory.parse(Properties).MemorySize);

const largest = (template: Template): number => Math.max(0, ...functionsOf(template));

/** How many states a workflow has: no execution without repetition passes more. */
function statesOf({ Resources }: Template, workflow: string): number {
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type !== 'AWS::StepFunctions::StateMachine') continue;
    const { StateMachineName, DefinitionString } = machine.parse(Properties);
    // The definition is text inside the template's own; each state has one type.
    if (StateMachineName.endsWith(`-${workflow}`)) {
      return JSON.stringify(DefinitionString).match(/\\"Type\\":\\"/g)?.length ?? 0;
    }
  }
  throw new Error(`The template has no workflow ${workflow}`);
}
