import { table } from '../../cli/table.ts';
import { withDuckDb } from '../../core/data/duckdb.ts';
import { collectSeries } from '../../core/data/series/collect-series.ts';
import { assess } from '../../core/evaluation/assess.ts';
import { parseDuration } from '../../core/spec/duration.ts';
import type { GridSeries } from '../../core/training/grid-series.ts';
import { recipeOf } from '../../core/training/recipe-of.ts';
import { CASES, type ForecastCase } from './cases.ts';

/** How well each trainer forecasts real series: MASE over the last five horizons, each from all that was known before. */
const HORIZONS = 5;

const CANDIDATES = [
  { trainer: 'baseline', hyperparameters: {} },
  { trainer: 'mstl', hyperparameters: {} },
  { trainer: 'gradient-boosting', hyperparameters: {} },
  { trainer: 'gradient-boosting', hyperparameters: { strategy: 'direct' } },
  { trainer: 'gradient-boosting', hyperparameters: { objective: 'squared' } },
];

async function read({ file, sql, start, every: text, steps, horizon }: ForecastCase): Promise<GridSeries> {
  const every = parseDuration(text);
  if (every === undefined) throw new Error(`"${text}" is no length of time.`);
  const grid = { every, start: new Date(start), steps };
  const series = await withDuckDb({ paths: [file] }, connection =>
    collectSeries(
      connection,
      {
        ...{ from: `(${sql(file)})`, key: ['key'], value: 'value' },
        // Every case steps by one of its units.
        step: `date_diff('${text.replace('1 ', '')}', TIMESTAMP '${start}', time)`,
      },
      grid,
    ),
  );
  const test = steps - HORIZONS * horizon;
  const nothing = { from: test, to: test };
  return {
    grid,
    series,
    parts: { train: { from: 0, to: test }, validation: nothing, test: { from: test, to: steps } },
  };
}

const rows: string[][] = [];
for (const one of CASES) {
  const input = await read(one);
  const cells = CANDIDATES.map(candidate => {
    const started = performance.now();
    const { metrics } = assess(recipeOf(one, candidate, one.season), input);
    const seconds = (performance.now() - started) / 1000 / HORIZONS;
    return `${metrics.mase?.toFixed(3)} (${seconds.toFixed(1)} s)`;
  });
  rows.push([one.name, ...cells]);
}
const headings = CANDIDATES.map(({ trainer, hyperparameters }) =>
  [trainer, ...Object.values(hyperparameters)].join(' '),
);
process.stdout.write(`${table(['series', ...headings], rows)}\n`);
