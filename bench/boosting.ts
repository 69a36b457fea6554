import { type Cost, measure } from './measure.ts';
import { atMost, plain, type Row } from './rows.ts';

/** Gradient boosting on one thread: 100 trees of depth 6 over 10 generated features, and its predictions. */
export function boosting(): Row[] {
  const train = (rows: number, objective: string): Cost => measure('boost-train', [String(rows), objective]);
  const small = train(100_000, 'squared');
  const large = train(1_000_000, 'squared');
  const batch = measure('boost-predict', ['100000', 'batch']);
  const single = measure('boost-predict', ['10000', 'single']);
  return [
    atMost('boosting: 100k × 10, squared', small.seconds, 3, 's'),
    atMost('boosting: 100k × 10, logistic', train(100_000, 'logistic').seconds, 3, 's'),
    plain('boosting: 100k × 10, absolute', train(100_000, 'absolute')),
    atMost('boosting: 1M × 10, squared', large.seconds, 30, 's'),
    atMost('boosting: 1M × 10, peak memory with the data', large.peak, 700, 'MB'),
    atMost(
      'boosting: growth of time with rows (exponent)',
      Math.log10(large.seconds / small.seconds),
      1.1,
      '',
    ),
    atMost('boosting: 100k predictions in columns', batch.seconds, 1, 's'),
    atMost('boosting: one prediction', (single.seconds / 10_000) * 1e6, 50, 'µs'),
  ];
}
