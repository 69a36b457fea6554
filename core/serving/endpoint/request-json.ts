import { RefusedRequest } from './refusal.ts';

/** Levels of lists and objects: those of a request are four. What is nested deeper cannot even be shown. */
const DEEPEST = 64;

/**
 * The JSON of a request.
 * @throws RefusedRequest for what is none, is nested beyond all reason, or names a field twice in one object: readers of
 *   JSON differ in which of the two they take, so that nobody could tell what was asked.
 */
export function requestJson(text: string): unknown {
  const value = parsed(text);
  const { depth, fields } = shapeOf(text);
  if (depth > DEEPEST) {
    throw new RefusedRequest(400, `The body is nested ${depth} levels deep; at most ${DEEPEST} are read.`);
  }
  if (fields > fieldsOf(value)) {
    throw new RefusedRequest(
      400,
      'The body names a field twice in one object, so that nobody can tell which value is meant.',
    );
  }
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // What Python writes for a missing number unless it is told otherwise.
    const hint = /\b(NaN|Infinity)\b/.test(text)
      ? ' NaN and Infinity do not exist in JSON; write null for a missing value.'
      : '';
    throw Object.assign(new RefusedRequest(400, `The body is not JSON.${hint}`), { cause });
  }
}

/** How deep a text of JSON is nested, and how many fields its objects name. */
function shapeOf(text: string): { readonly depth: number; readonly fields: number } {
  let [level, depth, fields] = [0, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      for (at++; text[at] !== '"'; at++) if (text[at] === '\\') at++;
    } else if (character === ':') fields++;
    else if (character === '{' || character === '[') depth = Math.max(depth, ++level);
    else if (character === '}' || character === ']') level--;
  }
  return { depth, fields };
}

/** How many fields the objects of a value have. */
function fieldsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const children: readonly unknown[] = Object.values(value);
  return children.reduce<number>(
    (sum, child) => sum + fieldsOf(child),
    Array.isArray(value) ? 0 : children.length,
  );
}
