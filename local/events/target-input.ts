import { isObject } from '../template/intrinsics.ts';
import type { RuleTarget } from '../template/property-shapes.ts';
import type { BusEvent } from './event.ts';

/** What a template may name besides its own paths. */
interface RuleFacts {
  readonly name: string;
  readonly arn: string;
}

const PATH = /^\$(?:\.[\w-]+|\[\d+\]|\['[^']+'\])*$/;

/** What is wrong with a target's paths, or nothing. Checked at start, so that `targetInput` cannot fail by them. */
export function inputProblems({ InputPath, InputTransformer }: RuleTarget): string[] {
  const paths = [
    ...(InputPath === undefined ? [] : [InputPath]),
    ...Object.values(InputTransformer?.InputPathsMap ?? {}),
  ];
  return paths
    .filter(path => !PATH.test(path))
    .map(path => `found the path ${path}; allowed: names and indices, such as $.detail.object.key`);
}

/**
 * What a target receives for an event: its constant, a part of the event, a filled-in template, or the event.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function targetInput(target: RuleTarget, event: BusEvent, rule: RuleFacts): unknown {
  if (target.Input !== undefined) return parsedOrText(target.Input);
  if (target.InputPath !== undefined) return select(event, target.InputPath);
  if (target.InputTransformer === undefined) return event;
  const { InputPathsMap, InputTemplate } = target.InputTransformer;
  const variables = new Map<string, unknown>([
    ['aws.events.rule-arn', rule.arn],
    ['aws.events.rule-name', rule.name],
    ['aws.events.event.ingestion-time', event.time],
    ['aws.events.event', event],
    ['aws.events.event.json', event],
    ...Object.entries(InputPathsMap).map(([name, path]) => [name, select(event, path)] as const),
  ]);
  return parsedOrText(fillIn(InputTemplate, variables));
}

/** Between quotes a variable becomes text; elsewhere it becomes a JSON value. A variable without value is empty. */
function fillIn(template: string, variables: ReadonlyMap<string, unknown>): string {
  let quoted = false;
  return template.replace(/\\.|"|<([\w.-]+)>/gs, (found, name: string | undefined) => {
    if (found === '"') quoted = !quoted;
    if (name === undefined || !variables.has(name)) return found;
    const value = variables.get(name);
    if (!quoted) return JSON.stringify(value ?? '');
    const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
    return JSON.stringify(text).slice(1, -1);
  });
}

function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The value at a path of names and indices. */
function select(from: unknown, path: string): unknown {
  let value = from;
  for (const [, name, index, quoted] of path.matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]/g)) {
    if (index !== undefined) value = Array.isArray(value) ? value[Number(index)] : undefined;
    else value = isObject(value) ? value[name ?? quoted ?? ''] : undefined;
  }
  return value;
}
