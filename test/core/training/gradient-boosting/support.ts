import type {
  BoostingHyperparameters,
  CategoricalColumn,
  Column,
  NumericColumn,
  Objective,
} from '../../../../core/training/gradient-boosting/index.ts';
import { Random } from '../../../../core/training/gradient-boosting/random.ts';

export const numbers = (...values: number[]): Float64Array => Float64Array.from(values);

export const numeric = (name: string, ...values: number[]): NumericColumn => ({
  kind: 'numeric',
  name,
  values: Float64Array.from(values),
});

/** Codes in the order of first appearance; undefined is missing. */
export function categorical(name: string, ...values: (string | undefined)[]): CategoricalColumn {
  const categories = [...new Set(values.filter(value => value !== undefined))];
  const codes = Int32Array.from(values, value => (value === undefined ? -1 : categories.indexOf(value)));
  return { kind: 'categorical', name, categories, codes };
}

export const repeat = <T>(times: number, ...values: T[]): T[] =>
  Array.from({ length: times }, () => values).flat();

/** One tree that takes its whole step and may split down to single examples: its values can be computed by hand. */
export const oneTree = {
  trees: 1,
  learning_rate: 1,
  l2: 0,
  min_leaf_weight: 1,
} satisfies Partial<BoostingHyperparameters>;

/** Every objective, with a target that fits it. */
export const OBJECTIVES: readonly [Objective, (score: number) => number][] = [
  [{ kind: 'squared' }, score => score],
  [{ kind: 'absolute' }, score => score],
  [{ kind: 'quantile', level: 0.8 }, score => score],
  [{ kind: 'poisson' }, score => Math.floor(Math.abs(score))],
  [{ kind: 'logistic' }, score => (score > 0.5 ? 1 : 0)],
  [{ kind: 'softmax', classes: 3 }, score => (score > 1 ? 2 : score > -1 ? 1 : 0)],
];

const CITIES = ['Kyoto', 'Naha', 'Osaka', 'Sendai'];

/** Examples with three numbers, of which two matter, a city that matters, and holes; `score` is what they tell. */
export function examples(count: number, seed: number): { columns: Column[]; score: Float64Array } {
  const random = Random.seeded(seed);
  const unit = (): number => random.bits() / 2 ** 32;
  const values = Array.from({ length: 3 }, () =>
    Float64Array.from({ length: count }, () => (unit() < 0.1 ? Number.NaN : unit())),
  );
  const codes = Int32Array.from({ length: count }, () => random.below(5) - 1);
  const score = Float64Array.from({ length: count }, (_, i) => {
    const [x = 0, y = 0] = values.map(column => column[i] ?? 0);
    const known = (value: number): number => (Number.isNaN(value) ? -0.5 : value);
    return (
      3 * Math.sin(4 * known(x)) +
      2 * known(y) -
      ([0.5, 1, -2, 0, 2][(codes[i] ?? 0) + 1] ?? 0) +
      0.3 * unit()
    );
  });
  const columns: Column[] = values.map((column, i) => ({ kind: 'numeric', name: `x${i}`, values: column }));
  return { columns: [...columns, { kind: 'categorical', name: 'city', codes, categories: CITIES }], score };
}
