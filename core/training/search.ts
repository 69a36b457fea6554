import type { Range, Search } from '../spec/search.ts';
import { canonicalJson } from '../storage/digest.ts';
import { seededRandom } from './seeded-random.ts';
import type { Hyperparameters } from './trainer.ts';

type Value = Hyperparameters[string];

/** Seed of a search that names none. */
const USUAL_SEED = 1;

/** Draws in vain after which a space counts as used up. */
const MOST_DRAWS_IN_VAIN = 1000;

/**
 * The hyperparameters of each run that a candidate asks for, the fixed ones included, no two the same. A function of
 * what the candidate says, whatever the order in which it says it.
 *
 * Source: Bergstra and Bengio, "Random Search for Hyper-Parameter Optimization", Journal of Machine Learning Research
 * 13 (2012) 281-305.
 */
export function expandSearch(search: Search): Hyperparameters[] {
  const { hyperparameters, grid = {}, space, random } = search;
  const searched = random === undefined ? combinations(grid) : draws(space ?? {}, random, search.seed);
  const all = searched.map(found => ({ ...hyperparameters, ...found }));
  return [...new Map(all.map(one => [canonicalJson(one), one])).values()];
}

/** Every combination; the last name varies fastest. */
function combinations(grid: Readonly<Record<string, readonly Value[]>>): Hyperparameters[] {
  return sorted(grid).reduce<Hyperparameters[]>(
    (known, [name, values]) => known.flatMap(one => values.map(value => ({ ...one, [name]: value }))),
    [{}],
  );
}

/** As many different draws as asked for, or as many as there are. */
function draws(space: NonNullable<Search['space']>, count: number, seed = USUAL_SEED): Hyperparameters[] {
  const random = seededRandom(seed);
  const found = new Map<string, Hyperparameters>();
  for (let vain = 0; found.size < count && vain < MOST_DRAWS_IN_VAIN; ) {
    const one = Object.fromEntries(sorted(space).map(([name, values]) => [name, draw(values, random)]));
    const id = canonicalJson(one);
    if (found.has(id)) vain++;
    else found.set(id, one);
  }
  return [...found.values()];
}

/** A spec travels as canonical JSON, which does not keep the order of names. */
const sorted = <T>(named: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1));

function draw(values: readonly Value[] | Range, random: () => number): Value {
  const share = random();
  if (isList(values)) return values[Math.floor(share * values.length)] ?? '';
  const { min, max, integer, scale } = values;
  // Each whole number has the piece of the line up to the next as its own.
  const end = integer ? max + 1 : max;
  const at = scale === 'log' ? min * (end / min) ** share : min + (end - min) * share;
  return integer ? Math.min(Math.floor(at), max) : readable(at, min, max);
}

const isList = (values: readonly Value[] | Range): values is readonly Value[] => Array.isArray(values);

/** Four digits are enough for a search, and can be typed again. */
const readable = (value: number, min: number, max: number): number =>
  Math.min(Math.max(Number(value.toPrecision(4)), min), max);
