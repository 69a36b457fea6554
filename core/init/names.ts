/** Names from files are hostile: what becomes an identifier, and how a name or a value is shown in a comment. */

/** A date at the end of a file's name says which delivery it is, not which table. */
const DATE_SUFFIX = /[-_. ]*(19|20)\d{2}([-_.]?\d{2}){0,2}$/;

const LONGEST_NAME = 63;

/**
 * The table's name for a file: its name without folder, extension and date, as an identifier.
 * @param taken Names that are in use; SQL does not tell upper case from lower.
 */
export function tableName(file: string, taken: readonly string[]): string {
  const base = file.replace(/^.*[/\\]/s, '').replace(/\..*$/s, '');
  return identifierFor(base.replace(DATE_SUFFIX, '') || base, 'table', taken);
}

/**
 * An identifier that reads like a name.
 * @param fallback Where nothing of the name can be in one, such as of Japanese.
 * @param taken Names that are in use; SQL does not tell upper case from lower.
 */
export function identifierFor(text: string, fallback: string, taken: readonly string[]): string {
  const words = text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '');
  const name = (words === '' ? fallback : /^\d/.test(words) ? `${fallback[0]}_${words}` : words).slice(
    0,
    LONGEST_NAME,
  );
  const used = new Set(taken.map(other => other.toLowerCase()));
  for (let n = 1; ; n++) {
    const suffix = n === 1 ? '' : `_${n}`;
    const candidate = `${name.slice(0, LONGEST_NAME - suffix.length)}${suffix}`;
    if (!used.has(candidate.toLowerCase())) return candidate;
  }
}

/** Words that say that a column names things, not which things. */
const GENERIC = new Set(['id', 'ids', 'code', 'key', 'no', 'nr', 'num', 'number', 'name', 'ref', 'fk', 'pk']);

/** The words of a name in lower case and singular: `shopId` and `shops` share `shop`. */
export const wordsOf = (name: string): string[] =>
  name
    .replace(/(\p{Lowercase}|\d)(\p{Uppercase})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{Letter}\p{Number}]+/u)
    .filter(word => word !== '')
    .map(word => (word.length > 3 ? word.replace(/ies$/, 'y').replace(/([^s])s$/, '$1') : word));

/** The words of a name that say what it is about. */
export const topicsOf = (name: string): string[] => wordsOf(name).filter(word => !GENERIC.has(word));

/** Whether a name says that its values name something: `store_nr`, `id`, but not `number_of_orders`. */
export function namesThings(name: string): boolean {
  const words = wordsOf(name);
  return words[0] === 'id' || GENERIC.has(words.at(-1) ?? '');
}

/** Text of a file or a name as a comment may hold it: one line, quoted, short. */
export const shown = (text: string): string =>
  JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text).replace(
    /[\p{Control}\p{Format}\p{Surrogate}\u2028\u2029]/gu,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** 1,234,567 */
export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;

/** A share as a percentage of at most two significant digits, never rounded to 0 or 100. */
export function percent(share: number): string {
  if (share === 0 || share === 1) return `${share * 100} %`;
  if (share < 0.0001) return 'less than 0.01 %';
  if (share > 0.9999) return 'more than 99.99 %';
  const digits = share < 0.1 || share > 0.9 ? 2 : 1;
  return `${Number((share * 100).toFixed(digits))} %`;
}
