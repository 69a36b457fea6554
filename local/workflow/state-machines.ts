import { ExecutionTimeoutError, type RunOptions, StateMachine } from 'aws-local-stepfunctions';
import * as z from 'zod';
import { messageOf } from '../../core/telemetry/errors.ts';
import { UnsupportedError } from '../errors.ts';
import type { Resource, Resources } from '../template/resources.ts';
import {
  DefinitionError,
  ENTERED_TIME,
  type PreparedDefinition,
  prepareDefinition,
  TASK_TOKEN,
} from './definition.ts';
import { CONTEXT_KEY } from './definition-paths.ts';
import type { DurableTasks } from './durable-tasks.ts';
import type { Integrations } from './integrations.ts';
import { type StateProgress, stateProgress } from './state-progress.ts';

/** There is no service to spare between attempts; and without a pause an execution never looks as if it waited. */
const RETRY_MILLISECONDS = 0;

type Json = Parameters<StateMachine['run']>[0];

/** The interpreter's JSON values have no schema of their own; what comes here went through JSON. */
const json = z.custom<Json>();

export interface ExecutionRequest {
  /** ARN of the state machine. */
  readonly machine: string;
  readonly name: string;
  readonly input: unknown;
  /** Virtual time. */
  readonly startedAt: Date;
  readonly tasks: DurableTasks;
  readonly onState: (progress: StateProgress) => void;
}

export type ExecutionOutcome =
  | { readonly status: 'SUCCEEDED'; readonly output: unknown }
  | {
      readonly status: 'FAILED' | 'TIMED_OUT';
      readonly error: { readonly name: string; readonly cause: string };
    };

interface Machine {
  readonly resource: Resource<'AWS::StepFunctions::StateMachine'>;
  readonly prepared: PreparedDefinition;
  readonly interpreter: StateMachine;
}

const waitSchema = z.object({
  input: z.unknown(),
  seconds: z.int().nonnegative().optional(),
  timestamp: z.iso.datetime({ offset: true }).optional(),
});

/** The template's state machines. */
export class StateMachines {
  readonly #machines: ReadonlyMap<string, Machine>;

  /** @throws UnsupportedError for everything in a definition that would not run as on AWS. */
  constructor(resources: Resources, integrations: Integrations) {
    const problems: string[] = [];
    const machines = resources.of('AWS::StepFunctions::StateMachine').flatMap((resource): Machine[] => {
      try {
        const prepared = prepareDefinition(definitionOf(resource));
        for (const [state, task] of prepared.tasks) {
          const problem = integrations.problem(task);
          if (problem !== undefined) problems.push(`${resource.place}: state "${state}": ${problem}`);
        }
        return [
          {
            resource,
            prepared,
            interpreter: new StateMachine(prepared.definition, { validationOptions: { noValidate: true } }),
          },
        ];
      } catch (error) {
        if (!(error instanceof DefinitionError)) throw error;
        problems.push(...error.problems.map(problem => `${resource.place}: ${problem}`));
        return [];
      }
    });
    if (problems.length > 0) throw new UnsupportedError(problems);
    this.#machines = new Map(machines.map(machine => [machine.resource.arn, machine]));
  }

  has(arn: string): boolean {
    return this.#machines.has(arn);
  }

  nameOf(arn: string): string {
    return this.#machine(arn).resource.name;
  }

  /** Runs one execution to its end; what it called may still be under way. Never throws for what the machine does. */
  async run(request: ExecutionRequest): Promise<ExecutionOutcome> {
    const { resource, prepared, interpreter } = this.#machine(request.machine);
    const options: RunOptions = {
      overrides: {
        taskResourceLocalHandlers: {
          ...Object.fromEntries(
            [...prepared.tasks].map(([state, task]) => [
              state,
              async (input: Json) => json.parse(await request.tasks.run(state, task, input)),
            ]),
          ),
          ...Object.fromEntries(
            [...prepared.waits].map(state => [
              state,
              async (input: Json) => json.parse(await waited(state, input, request.tasks)),
            ]),
          ),
        },
        retryIntervalOverrides: Object.fromEntries(
          prepared.retrying.map(state => [state, RETRY_MILLISECONDS]),
        ),
      },
      context: {
        [CONTEXT_KEY]: {
          Execution: {
            Id: `${resource.arn.replace(':stateMachine:', ':execution:')}:${request.name}`,
            Name: request.name,
            Input: request.input,
            StartTime: request.startedAt.toISOString(),
          },
          StateMachine: { Id: resource.arn, Name: resource.name },
          State: { EnteredTime: ENTERED_TIME },
          Task: { Token: TASK_TOKEN },
        },
      },
    };
    const run = interpreter.run(json.parse(request.input), options);
    const follow = stateProgress(prepared.waits);
    const progress = (async () => {
      for await (const event of run.eventLogs) for (const step of follow(event)) request.onState(step);
    })();
    const outcome = await run.result.then(
      (output): ExecutionOutcome => ({ status: 'SUCCEEDED', output }),
      (error: unknown): ExecutionOutcome => failureOf(error),
    );
    await progress;
    return outcome;
  }

  #machine(arn: string): Machine {
    const machine = this.#machines.get(arn);
    if (machine === undefined) throw new Error(`There is no state machine ${arn}`);
    return machine;
  }
}

async function waited(state: string, input: unknown, tasks: DurableTasks): Promise<unknown> {
  const { input: passed, seconds, timestamp } = waitSchema.parse(input);
  await tasks.wait(state, input, timestamp === undefined ? { seconds: seconds ?? 0 } : new Date(timestamp));
  return passed;
}

function failureOf(error: unknown): ExecutionOutcome {
  if (error instanceof ExecutionTimeoutError) {
    return { status: 'TIMED_OUT', error: { name: 'States.Timeout', cause: 'The execution took too long.' } };
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return {
    status: 'FAILED',
    error: { name: cause instanceof Error ? cause.name : 'States.Runtime', cause: messageOf(cause) },
  };
}

function definitionOf({ place, properties }: Resource<'AWS::StepFunctions::StateMachine'>): unknown {
  const { Definition, DefinitionString, DefinitionSubstitutions } = properties;
  const text = DefinitionString ?? JSON.stringify(Definition);
  if (text === undefined)
    throw new UnsupportedError([`${place}: allowed are DefinitionString or Definition`]);
  const substituted = text.replace(
    /\$\{(\w+)\}/g,
    (all, name: string) => DefinitionSubstitutions[name] ?? all,
  );
  try {
    return JSON.parse(substituted);
  } catch (error) {
    throw new UnsupportedError([`${place}: DefinitionString is no JSON: ${messageOf(error)}`]);
  }
}
