import { join } from 'node:path';
import { measure } from './measure.ts';
import { atMost, plain, type Row } from './rows.ts';

const WINDOW = '1000000';

/** Drift of a window of a million rows of eight features, against references of two sizes. */
export function drift(directory: string): Row[] {
  const window = join(directory, 'window.parquet');
  measure('drift-prepare', [WINDOW, '1', window], 1);
  const against = (rows: string) => {
    const reference = join(directory, `reference-${rows}.json`);
    const written = measure(
      'drift-prepare',
      [rows, '2', join(directory, `rows-${rows}.parquet`), reference],
      1,
    );
    return { written, measured: measure('drift-measure', [WINDOW, window, reference]) };
  };
  const [small, large] = [against('100000'), against('1000000')];
  return [
    plain('reference of 1M × 8, generated and sketched', large.written),
    plain('drift of 1M × 8 against a reference of 100,000', small.measured),
    atMost('drift of 1M × 8 against a reference of 1M', large.measured.seconds, 2, 's'),
    atMost('drift of 1M × 8: peak memory', large.measured.peak, 500, 'MB'),
    atMost(
      'drift: reference of 1M over one of 100,000',
      large.measured.seconds / small.measured.seconds,
      1.3,
      '×',
    ),
  ];
}
