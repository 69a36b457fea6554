import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import * as z from 'zod';
import { adaptPaths, type Fields, TOKEN_SUFFIX } from './definition-paths.ts';
import { transitionProblems } from './definition-transitions.ts';

/** A Task state as its handler needs to know it. */
export interface TaskState {
  /** The function or service, without a suffix. */
  readonly resource: string;
  /** Whether the answer comes from outside, by the task's token. */
  readonly waitsForToken: boolean;
  /** How long that answer may take, on the virtual clock; `input`: the task's input says so. */
  readonly timeoutSeconds?: number | 'input';
}

/** A definition that the interpreter runs as Step Functions would. */
export interface PreparedDefinition {
  readonly definition: StateMachineDefinition;
  readonly tasks: ReadonlyMap<string, TaskState>;
  /** Wait states, which are run as tasks on the virtual clock. */
  readonly waits: ReadonlySet<string>;
  /** States with a Retry. */
  readonly retrying: readonly string[];
}

/** Stands in a task's input for the token, until the task is called. */
export const TASK_TOKEN = '<the token of this task>';

/** Stands in a task's input for the moment at which the state began, until the task is called. */
export const ENTERED_TIME = '<the moment at which this state began>';

/** Node's timers end at once when asked for more than this many seconds. */
const LONGEST_TIMEOUT = 2_147_483;

/** Fields by state type; what is not here is refused, because the interpreter would ignore it. */
const COMMON = ['Type', 'Comment', 'QueryLanguage', 'InputPath', 'OutputPath', 'Next', 'End'];
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Task: [
    'Resource',
    'Parameters',
    'ResultSelector',
    'ResultPath',
    'Retry',
    'Catch',
    'TimeoutSeconds',
    'TimeoutSecondsPath',
  ],
  Pass: ['Parameters', 'Result', 'ResultPath'],
  Choice: ['Choices', 'Default'],
  Wait: ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Map: [
    'ItemsPath',
    'ItemProcessor',
    'Iterator',
    'ItemSelector',
    'Label',
    'MaxConcurrency',
    'MaxConcurrencyPath',
    'Parameters',
    'ResultSelector',
    'ResultPath',
    'Retry',
    'Catch',
  ],
  Parallel: ['Branches', 'Parameters', 'ResultSelector', 'ResultPath', 'Retry', 'Catch'],
  Succeed: [],
  Fail: ['Error', 'Cause', 'ErrorPath', 'CausePath'],
};

const machineSchema = z.looseObject({
  StartAt: z.string(),
  States: z.record(z.string(), z.looseObject({ Type: z.string() })),
});

/** Wrong or unsupported parts of a definition, one line each. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * Checks a definition and adapts it to the interpreter, whose departures from Step Functions are evened out here.
 * @param source The definition, parsed from its JSON.
 * @throws DefinitionError that lists everything that is not understood.
 */
export function prepareDefinition(source: unknown): PreparedDefinition {
  const preparation = new Preparation();
  const definition = preparation.machine(source, '');
  if (preparation.problems.length > 0) throw new DefinitionError(preparation.problems);
  return {
    definition: asDefinition(definition),
    tasks: preparation.tasks,
    waits: preparation.waits,
    retrying: preparation.retrying,
  };
}

const asDefinition = (value: unknown): StateMachineDefinition =>
  z
    .custom<StateMachineDefinition>(
      candidate => machineSchema.safeParse(candidate).success,
      'is no state machine',
    )
    .parse(value);

class Preparation {
  readonly problems: string[] = [];
  readonly tasks = new Map<string, TaskState>();
  readonly waits = new Set<string>();
  readonly retrying: string[] = [];
  readonly #names = new Set<string>();

  /** @param parent Name of the Map or Parallel state around, or '' at the top. */
  machine(source: unknown, parent: string): Fields {
    const parsed = machineSchema.safeParse(source);
    if (!parsed.success) {
      this.problems.push(`${parent || 'the definition'}: ${z.prettifyError(parsed.error)}`);
      return {};
    }
    const machine = parsed.data;
    const { QueryLanguage, TimeoutSeconds } = machine;
    this.#requireJsonPath(parent || 'the definition', QueryLanguage);
    this.problems.push(...transitionProblems(machine));
    return {
      ...machine,
      ...(typeof TimeoutSeconds === 'number'
        ? { TimeoutSeconds: Math.min(TimeoutSeconds, LONGEST_TIMEOUT) }
        : {}),
      States: Object.fromEntries(
        Object.entries(machine.States).map(([name, state]) => [
          name,
          this.#state(name, state, parent !== ''),
        ]),
      ),
    };
  }

  #state(name: string, state: Fields & { readonly Type: string }, nested: boolean): Fields {
    if (this.#names.has(name))
      this.#refuse(name, 'found a second state of this name; allowed: each name once per machine');
    this.#names.add(name);
    this.#requireJsonPath(name, state.QueryLanguage);
    const allowed = FIELDS[state.Type];
    if (allowed === undefined) {
      this.#refuse(name, `found the type ${state.Type}; allowed: ${Object.keys(FIELDS).join(', ')}`);
      return state;
    }
    for (const field of Object.keys(state)) {
      if (!allowed.includes(field) && !COMMON.includes(field)) {
        this.#refuse(
          name,
          `found ${field}; allowed in ${state.Type}: ${[...allowed, ...COMMON.slice(1)].join(', ')}`,
        );
      }
    }
    if (state.Retry !== undefined) this.retrying.push(name);
    const adapted = adaptPaths(state, nested, problem => this.#refuse(name, problem));
    switch (state.Type) {
      case 'Task':
        return this.#task(name, adapted);
      case 'Wait':
        return this.#wait(name, adapted);
      case 'Pass':
        // The interpreter takes a Result that is false, 0, '' or null for none.
        return adapted.Result === undefined || adapted.Result
          ? adapted
          : rename(adapted, 'Result', 'Parameters');
      case 'Map':
        return this.#map(name, adapted);
      case 'Parallel':
        return { ...adapted, Branches: [adapted.Branches].flat().map(branch => this.machine(branch, name)) };
      default:
        return adapted;
    }
  }

  #task(name: string, state: Fields): Fields {
    const resource = String(state.Resource);
    if (resource.endsWith(TOKEN_SUFFIX))
      return this.#tokenTask(name, state, resource.slice(0, -TOKEN_SUFFIX.length));
    this.tasks.set(name, { resource, waitsForToken: false });
    if (state.TimeoutSecondsPath !== undefined) return state;
    // Without a timeout the interpreter would stop after a minute; Step Functions waits.
    const { TimeoutSeconds = LONGEST_TIMEOUT } = state;
    return { ...state, TimeoutSeconds: Math.min(Number(TimeoutSeconds), LONGEST_TIMEOUT) };
  }

  /** Days may pass before somebody answers: the time for it runs on the virtual clock, and not in the interpreter. */
  #tokenTask(name: string, state: Fields, resource: string): Fields {
    const { TimeoutSeconds, TimeoutSecondsPath, ...rest } = state;
    const byPath = TimeoutSecondsPath !== undefined;
    this.tasks.set(name, {
      resource,
      waitsForToken: true,
      ...(byPath ? { timeoutSeconds: 'input' as const } : {}),
      ...(typeof TimeoutSeconds === 'number' ? { timeoutSeconds: TimeoutSeconds } : {}),
    });
    return {
      ...rest,
      TimeoutSeconds: LONGEST_TIMEOUT,
      // The path is one of the state's input, which the handler does not see: it gets the number beside its own input.
      ...(byPath && {
        Parameters: {
          ...(state.Parameters === undefined ? { 'input.$': '$' } : { input: state.Parameters }),
          'timeoutSeconds.$': TimeoutSecondsPath,
        },
      }),
    };
  }

  /** Waiting is done by a handler, which knows the virtual clock; it gets the input beside the moment or length. */
  #wait(name: string, state: Fields): Fields {
    this.waits.add(name);
    const { Seconds, SecondsPath, Timestamp, TimestampPath, ...rest } = state;
    return {
      ...rest,
      Type: 'Task',
      Resource: 'arn:aws:states:::embedded:wait',
      TimeoutSeconds: LONGEST_TIMEOUT,
      Parameters: {
        'input.$': '$',
        ...(Seconds === undefined ? {} : { seconds: Seconds }),
        ...(SecondsPath === undefined ? {} : { 'seconds.$': SecondsPath }),
        ...(Timestamp === undefined ? {} : { timestamp: Timestamp }),
        ...(TimestampPath === undefined ? {} : { 'timestamp.$': TimestampPath }),
      },
    };
  }

  #map(name: string, state: Fields): Fields {
    const { ItemProcessor, Iterator, Label, ...rest } = state;
    return { ...rest, ItemProcessor: this.machine(ItemProcessor ?? Iterator, name) };
  }

  #requireJsonPath(place: string, language: unknown): void {
    if (language !== undefined && language !== 'JSONPath') {
      this.#refuse(place, `found the QueryLanguage ${JSON.stringify(language)}; allowed: JSONPath`);
    }
  }

  #refuse(state: string, problem: string): void {
    this.problems.push(`state "${state}": ${problem}`);
  }
}

const rename = (fields: Fields, from: string, to: string): Fields =>
  Object.fromEntries(Object.entries(fields).map(([field, value]) => [field === from ? to : field, value]));
