import { addDuration } from './duration.ts';
import { FORECAST_COLUMNS, REASON_COLUMN } from './forecast-columns.ts';
import { durationOf, type ForecastingSpec } from './schema.ts';
import { listOf, type SpecProblem, unknownColumn } from './spec-problem.ts';
import { timeColumnProblems } from './table-problems.ts';
import { declaredZone, isTimeZone, offsetsOf } from './time-zones.ts';

/** What series say of their table, and of the columns that forecasts add. */
export function* seriesProblems(spec: ForecastingSpec): Iterable<SpecProblem> {
  const { table: name, by, time } = spec.series;
  const table = spec.tables[name];
  if (table === undefined) {
    yield {
      path: ['series', 'table'],
      message: `there is no table "${name}"; tables here: ${listOf(Object.keys(spec.tables))}`,
    };
    return;
  }
  const columns = Object.keys(table.columns);
  for (const [i, column] of by.entries()) {
    if (!columns.includes(column)) yield unknownColumn(['series', 'by', i], column, name, columns);
    else if (by.indexOf(column) < i) {
      yield { path: ['series', 'by', i], message: `"${column}" stands above already` };
    }
  }
  if (by.length === 0 && spec.series.top !== undefined) {
    yield { path: ['series', 'top'], message: 'needs "by": without it there is only one series' };
  }
  yield* timeColumnProblems(spec, name, time, ['series', 'time']);
  yield* clockProblems(spec);
  yield* reservedNameProblems(spec);
}

const DAY = 86_400_000;

/** Of days and more, some have an hour more or less; of hours none can, so they must fit every offset of the zone. */
function* clockProblems({ tables, series }: ForecastingSpec): Iterable<SpecProblem> {
  const zone = declaredZone(tables[series.table], series.time);
  const { months, milliseconds } = durationOf(series.every);
  if (zone === undefined || !isTimeZone(zone)) return;
  if (months > 0 || milliseconds % DAY === 0) return;
  if ([...offsetsOf(zone)].every(offset => offset % milliseconds === 0)) return;
  yield {
    path: ['series', 'every'],
    message:
      `${series.every} does not fit the clocks of ${zone}, which read.timezone of table ${series.table} names; allowed ` +
      'are whole days and longer, and lengths that divide every difference of these clocks from UTC, such as 15 minutes',
  };
}

/** Forecasts and answers have the columns of a series beside columns of their own. */
function* reservedNameProblems({ series: { by, time } }: ForecastingSpec): Iterable<SpecProblem> {
  const reserved = [...FORECAST_COLUMNS, REASON_COLUMN];
  const message = (column: string): string =>
    `"${column}" is the name of a column that forecasts add (${reserved.join(', ')}); rename it in the table`;
  const taken = (column: string): boolean => reserved.some(name => name === column.toLowerCase());
  for (const [i, column] of by.entries()) {
    if (taken(column)) yield { path: ['series', 'by', i], message: message(column) };
  }
  if (taken(time)) yield { path: ['series', 'time'], message: message(time) };
}

/** Whether each part of a split holds a forecast. */
export function* splitProblems(spec: ForecastingSpec): Iterable<SpecProblem> {
  if (spec.split === undefined) return;
  const origin = new Date(Date.UTC(2001, 0, 1));
  const horizonEnd = addDuration(origin, durationOf(spec.series.every), spec.horizon);
  for (const part of ['validation', 'test'] as const) {
    if (addDuration(origin, durationOf(spec.split[part]), 1) < horizonEnd) {
      yield {
        path: ['split', part],
        message: `${spec.split[part]} is shorter than the horizon of ${spec.horizon} × ${spec.series.every}; a part must hold one whole horizon`,
      };
    }
  }
}
