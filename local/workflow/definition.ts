import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import * as z from 'zod';
import { messageOf } from '../../core/telemetry/errors.ts';
import { isObject } from '../template/intrinsics.ts';

/** A Task state as its handler needs to know it. */
export interface TaskState {
  readonly resource: string;
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

/**
 * Under this name the context object holds what the interpreter would overwrite: it sets `$$.Execution.StartTime` to
 * the machine's clock, and inside Map and Parallel `$$.Execution.Input` to the item.
 */
export const CONTEXT_KEY = 'Embedded';

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

const CONTEXT_PATHS = [
  '$$.Execution.Id',
  '$$.Execution.Name',
  '$$.Execution.StartTime',
  '$$.Execution.Input',
  '$$.StateMachine.Id',
  '$$.StateMachine.Name',
];

const machineSchema = z.looseObject({
  StartAt: z.string(),
  States: z.record(z.string(), z.looseObject({ Type: z.string() })),
});

/** Intrinsic functions that the interpreter would compute otherwise than Step Functions. */
const MISCOMPUTED: readonly (readonly [string, RegExp])[] = [
  ['States.JsonToString loses backslashes here', /\bStates\.JsonToString\(/],
  [
    'States.StringSplit knows only separators of one character here',
    /\bStates\.StringSplit\((?:[^()']|'[^']*')*,\s*'(?!.')[^']+'\)/,
  ],
];

type Fields = Readonly<Record<string, unknown>>;

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
  try {
    // The constructor validates against the Amazon States Language. It comes second, because it names no place.
    new StateMachine(asDefinition(source));
  } catch (error) {
    throw new DefinitionError([messageOf(error)]);
  }
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
    const allowed = FIELDS[state.Type] ?? [];
    for (const field of Object.keys(state)) {
      if (!allowed.includes(field) && !COMMON.includes(field)) {
        this.#refuse(
          name,
          `found ${field}; allowed in ${state.Type}: ${[...allowed, ...COMMON.slice(1)].join(', ')}`,
        );
      }
    }
    if (state.Retry !== undefined) this.retrying.push(name);
    const adapted = this.#paths(name, state, nested);
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
    this.tasks.set(name, { resource: String(state.Resource) });
    if (state.TimeoutSecondsPath !== undefined) return state;
    // Without a timeout the interpreter would stop after a minute; Step Functions waits.
    const { TimeoutSeconds = LONGEST_TIMEOUT } = state;
    return { ...state, TimeoutSeconds: Math.min(Number(TimeoutSeconds), LONGEST_TIMEOUT) };
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

  /** Checks all paths of a state and points those to the context object to where the truth is. */
  #paths(name: string, state: Fields, nested: boolean): Fields {
    const adapted = Object.entries(state).map(([field, value]): [string, unknown] => {
      const inItem = state.Type === 'Map' && (field === 'ItemSelector' || field === 'Parameters');
      const path = (text: string): string => this.#path(name, text, inItem, nested);
      if (field === 'Parameters' || field === 'ResultSelector' || field === 'ItemSelector') {
        return [field, mapTemplate(value, path)];
      }
      if (field === 'Choices') return [field, mapChoices(value, path)];
      if (field.endsWith('Path') && typeof value === 'string') return [field, path(value)];
      return [field, value];
    });
    // "$" stands for the whole result, as does no ResultPath; the interpreter knows only the latter.
    return Object.fromEntries(adapted.filter(([field, value]) => field !== 'ResultPath' || value !== '$'));
  }

  #path(name: string, text: string, inItem: boolean, nested: boolean): string {
    for (const [found] of text.matchAll(/\$\$[\w.]*/g)) {
      const ofItem = found.startsWith('$$.Map.Item.');
      const known = CONTEXT_PATHS.some(path => found === path || found.startsWith(`${path}.`));
      if (ofItem ? !inItem : !known) {
        const where = ofItem && nested ? ' (pass the item on by the ItemSelector)' : '';
        this.#refuse(
          name,
          `found ${found}; allowed: ${CONTEXT_PATHS.join(', ')}, and $$.Map.Item in an ItemSelector${where}`,
        );
      }
    }
    // With such a path Step Functions always yields a list; the interpreter yields the item itself when it is alone.
    if (/\.\.|\[\s*(?:\*|\?|[^\]'"]*[:,])|\.\*/.test(withoutText(text))) {
      this.#refuse(name, `found the path ${text}; allowed: paths to one value`);
    }
    for (const [problem, pattern] of MISCOMPUTED) {
      if (pattern.test(text)) this.#refuse(name, `found ${text}; ${problem}`);
    }
    return text.replace(/\$\$\.(Execution|StateMachine)\b/g, `$$$$.${CONTEXT_KEY}.$1`);
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

/** An expression without what stands between quotes. */
const withoutText = (expression: string): string => expression.replace(/'(?:\\.|[^'\\])*'/g, "''");

const rename = (fields: Fields, from: string, to: string): Fields =>
  Object.fromEntries(Object.entries(fields).map(([field, value]) => [field === from ? to : field, value]));

function mapTemplate(value: unknown, path: (text: string) => string): unknown {
  if (Array.isArray(value)) return value.map(item => mapTemplate(item, path));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key.endsWith('.$') && typeof inner === 'string' ? path(inner) : mapTemplate(inner, path),
    ]),
  );
}

function mapChoices(value: unknown, path: (text: string) => string): unknown {
  if (Array.isArray(value)) return value.map(item => mapChoices(item, path));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      (key === 'Variable' || key.endsWith('Path')) && typeof inner === 'string'
        ? path(inner)
        : mapChoices(inner, path),
    ]),
  );
}
