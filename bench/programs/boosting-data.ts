import type { Column, Objective } from '../../core/training/gradient-boosting/index.ts';
import { Random } from '../../core/training/gradient-boosting/random.ts';

/**
 * Ten uniform features, one value in fifty missing, and a target of the first five with noise: the function of Friedman,
 * "Multivariate Adaptive Regression Splines", Annals of Statistics 19 (1991) 1-67, section 4.3.
 */
export function boostingData(rows: number): { columns: Column[]; target: Float64Array } {
  const random = Random.seeded(1);
  const unit = (): number => random.bits() / 2 ** 32;
  const values = Array.from({ length: 10 }, () => Float64Array.from({ length: rows }, unit));
  const target = Float64Array.from({ length: rows }, (_, row) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = values.map(column => column[row] ?? 0);
    return 10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e + unit();
  });
  const columns = values.map((column, i): Column => {
    for (let row = 0; row < rows; row++) if (random.below(50) === 0) column[row] = Number.NaN;
    return { kind: 'numeric', name: `x${i}`, values: column };
  });
  return { columns, target };
}

/** The target as an objective takes it. */
export const targetFor = (kind: Objective['kind'], target: Float64Array): Float64Array =>
  kind === 'logistic' ? target.map(value => (value > 14 ? 1 : 0)) : target;
