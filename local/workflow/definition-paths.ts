import { isObject } from '../template/intrinsics.ts';
import { expressionProblem } from './path-expression.ts';

/** A state, or a part of one. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Under this name the context object holds what the interpreter would overwrite: it sets `$$.Execution.StartTime` to
 * the machine's clock, and inside Map and Parallel `$$.Execution.Input` to the item.
 */
export const CONTEXT_KEY = 'Embedded';

/** What a Resource ends with whose answer comes from outside. */
export const TOKEN_SUFFIX = '.waitForTaskToken';

const CONTEXT_PATHS = [
  '$$.Execution.Id',
  '$$.Execution.Name',
  '$$.Execution.StartTime',
  '$$.Execution.Input',
  '$$.StateMachine.Id',
  '$$.StateMachine.Name',
];

const ITEM = '$$.Map.Item.';
const TOKEN = '$$.Task.Token';
const ENTERED = '$$.State.EnteredTime';

/** Fields whose values are templates: in them, only what stands under a name that ends with `.$` is a path. */
const TEMPLATES = ['Parameters', 'ResultSelector', 'ItemSelector'];

/**
 * A state with its paths to the context object pointed to where the truth is.
 * @param nested Whether the state is inside a Map or Parallel.
 * @param refuse Takes what is wrong with a path.
 */
export function adaptPaths(state: Fields, nested: boolean, refuse: (problem: string) => void): Fields {
  const adapted = Object.entries(state).map(([field, value]): [string, unknown] => {
    const isParameters = field === 'Parameters';
    const scope = {
      item: state.Type === 'Map' && (field === 'ItemSelector' || isParameters),
      token: isParameters && String(state.Resource).endsWith(TOKEN_SUFFIX),
      entered: isParameters && state.Type === 'Task',
      nested,
    };
    const adapt = (path: string): string => adaptPath(path, scope, refuse);
    if (TEMPLATES.includes(field)) return [field, mapPaths(value, key => key.endsWith('.$'), adapt)];
    if (field === 'Choices') {
      return [field, mapPaths(value, key => key === 'Variable' || key.endsWith('Path'), adapt)];
    }
    return [field, field.endsWith('Path') && typeof value === 'string' ? adapt(value) : value];
  });
  // "$" stands for the whole result, as does no ResultPath; the interpreter knows only the latter.
  return Object.fromEntries(adapted.filter(([field, value]) => field !== 'ResultPath' || value !== '$'));
}

interface PathScope {
  /** Whether the item of a Map is known. */
  readonly item: boolean;
  /** Whether the task's token is known. */
  readonly token: boolean;
  /** Whether the moment is known at which the state began. */
  readonly entered: boolean;
  readonly nested: boolean;
}

function adaptPath(path: string, scope: PathScope, refuse: (problem: string) => void): string {
  for (const [found] of path.matchAll(/\$\$[\w.]*/g)) {
    if (!isKnown(found, scope)) {
      const hint = found.startsWith(ITEM) && scope.nested ? ' (which can pass the item on)' : '';
      refuse(
        `found ${found}; allowed: ${CONTEXT_PATHS.join(', ')}, ${ITEM} in an ItemSelector${hint}, ` +
          `${ENTERED} in the Parameters of a Task, ${TOKEN} in those of ${TOKEN_SUFFIX}`,
      );
    }
  }
  const problem = expressionProblem(path);
  if (problem !== undefined) refuse(`found ${path}; ${problem}`);
  return path.replace(/\$\$\.(Execution|StateMachine|State|Task)\b/g, `$$$$.${CONTEXT_KEY}.$1`);
}

function isKnown(path: string, scope: PathScope): boolean {
  if (path.startsWith(ITEM)) return scope.item;
  if (path === TOKEN) return scope.token;
  if (path === ENTERED) return scope.entered;
  return CONTEXT_PATHS.some(known => path === known || path.startsWith(`${known}.`));
}

/** A value with the texts under certain keys replaced, at any depth. */
function mapPaths(
  value: unknown,
  isPath: (key: string) => boolean,
  adapt: (path: string) => string,
): unknown {
  if (Array.isArray(value)) return value.map(item => mapPaths(item, isPath, adapt));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      typeof inner === 'string' && isPath(key) ? adapt(inner) : mapPaths(inner, isPath, adapt),
    ]),
  );
}
