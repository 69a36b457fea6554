import { contractProblems } from './contract-problems.ts';
import { addDuration } from './duration.ts';
import { FORECAST_COLUMNS, REASON_COLUMN } from './forecast-columns.ts';
import { cycleOf } from './learning.ts';
import { directionOf, METRICS } from './metrics.ts';
import { releaseProblems } from './release.ts';
import {
  type ColumnSpec,
  durationOf,
  type ForecastingSpec,
  isTabular,
  type Spec,
  type TabularSpec,
} from './schema.ts';
import { scriptProblems } from './script.ts';
import { MOST_RUNS, runsOf, searchProblems } from './search.ts';
import { declaredZone, isTimeZone, offsetsOf } from './time-zones.ts';
import { WITHOUT_NUMBERS } from './trainer-names.ts';

/** One mistake: where it stands in the spec, and what is wrong there. */
export interface SpecProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const listOf = (names: Iterable<string>): string => [...names].join(', ') || 'none';

/** What one field of a spec says of another. The schema has passed already. */
export function consistencyProblems(spec: Spec): SpecProblem[] {
  return [
    ...tableProblems(spec),
    ...(isTabular(spec) ? exampleProblems(spec) : [...seriesProblems(spec), ...splitProblems(spec)]),
    ...candidateProblems(spec),
    ...gateProblems(spec),
    ...releaseProblems(spec),
  ];
}

function* tableProblems(spec: Spec): Iterable<SpecProblem> {
  for (const [name, table] of Object.entries(spec.tables)) {
    const at = ['tables', name];
    const columns = Object.keys(table.columns);
    if (columns.length === 0)
      yield { path: [...at, 'columns'], message: 'names no column; at least one is needed' };
    if (table.time !== undefined) yield* timeColumnProblems(spec, name, table.time, [...at, 'time']);
    for (const [i, column] of (table.key ?? []).entries()) {
      if (!columns.includes(column)) yield unknownColumn([...at, 'key', i], column, name, columns);
    }
    for (const rule of ['freshness', 'sorted', 'complete'] as const) {
      if (table[rule] !== undefined && table.time === undefined) {
        yield { path: [...at, rule], message: `needs the table's time column; add "time:" to table ${name}` };
      }
    }
    if (table.rows?.min !== undefined && table.rows.max !== undefined && table.rows.min > table.rows.max) {
      yield { path: [...at, 'rows'], message: `min ${table.rows.min} is above max ${table.rows.max}` };
    }
    yield* contractProblems(table, at);
    for (const [column, contract] of Object.entries(table.columns)) {
      yield* columnProblems(spec, contract, [...at, 'columns', column]);
    }
  }
}

function* columnProblems(spec: Spec, column: ColumnSpec, path: readonly string[]): Iterable<SpecProblem> {
  for (const bound of ['min', 'max'] as const) {
    const value = column[bound];
    if (value !== undefined) yield* boundProblems(column, value, [...path, bound]);
  }
  for (const rule of ['pattern', 'length'] as const) {
    if (column[rule] !== undefined && column.type !== 'string') {
      yield {
        path: [...path, rule],
        message: `applies to columns of type string; this one is ${column.type}`,
      };
    }
  }
  if (column.pattern !== undefined) {
    try {
      new RegExp(column.pattern, 'u');
    } catch {
      yield { path: [...path, 'pattern'], message: `"${column.pattern}" is no regular expression` };
    }
  }
  if (column.references !== undefined) {
    const [table = '', ...rest] = column.references.split('.');
    const target = rest.join('.');
    const referenced = spec.tables[table];
    if (referenced === undefined) {
      yield {
        path: [...path, 'references'],
        message: `there is no table "${table}"; tables here: ${listOf(Object.keys(spec.tables))}`,
      };
    } else if (!(target in referenced.columns)) {
      yield unknownColumn([...path, 'references'], target, table, Object.keys(referenced.columns));
    }
  }
}

function* boundProblems(
  column: ColumnSpec,
  value: string | number,
  path: readonly string[],
): Iterable<SpecProblem> {
  const numeric = column.type === 'integer' || column.type === 'number';
  const temporal = column.type === 'date' || column.type === 'timestamp';
  if (!numeric && !temporal) {
    yield { path, message: `applies to numbers, dates and timestamps; this column is ${column.type}` };
  } else if (numeric && typeof value !== 'number') {
    yield { path, message: `found "${value}"; a column of type ${column.type} needs a number` };
  } else if (temporal && (typeof value === 'number' || Number.isNaN(Date.parse(value)))) {
    yield {
      path,
      message: `found ${value}; a column of type ${column.type} needs a date such as "2026-01-31"`,
    };
  }
}

function* seriesProblems(spec: ForecastingSpec): Iterable<SpecProblem> {
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

function* timeColumnProblems(
  spec: Spec,
  table: string,
  column: string,
  path: string[],
): Iterable<SpecProblem> {
  const columns = spec.tables[table]?.columns ?? {};
  const type = columns[column]?.type;
  if (type === undefined) yield unknownColumn(path, column, table, Object.keys(columns));
  else if (type !== 'date' && type !== 'timestamp') {
    yield { path, message: `"${column}" is of type ${type}; a time column is a date or a timestamp` };
  }
}

function* splitProblems(spec: ForecastingSpec): Iterable<SpecProblem> {
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

/** What needs no SQL; the rest of a tabular spec is judged where its expressions are bound. */
function* exampleProblems(spec: TabularSpec): Iterable<SpecProblem> {
  const { slices, examples, tables, monitoring } = spec;
  if (cycleOf(monitoring) !== undefined && (examples.time ?? tables[examples.base]?.time) === undefined) {
    yield {
      path: ['monitoring', 'drift', 'season'],
      message: `needs to know when a row happened; add "time:" to table ${examples.base}`,
    };
  }
  const features = Object.keys(examples.features);
  for (const [i, slice] of slices.entries()) {
    if (!features.includes(slice)) {
      yield {
        path: ['slices', i],
        message: `there is no feature "${slice}"; features here: ${listOf(features)}`,
      };
    }
  }
}

/** A bound on the wrong side would let through everything, or nothing. */
function* gateProblems({ gate }: Spec): Iterable<SpecProblem> {
  const better = directionOf(gate.metric);
  const wrong = better === 'lower' ? 'min' : 'max';
  const right = better === 'lower' ? 'max' : 'min';
  if (gate[wrong] === undefined) return;
  const { label } = METRICS[gate.metric];
  yield {
    path: ['gate', wrong],
    message: `${label} is better when ${better}; the limit goes under "${right}"`,
  };
}

function* candidateProblems(spec: Spec): Iterable<SpecProblem> {
  const seen = new Set<string>();
  for (const [i, candidate] of spec.candidates.entries()) {
    const text = JSON.stringify(candidate);
    if (seen.has(text)) yield { path: ['candidates', i], message: 'the same candidate stands above already' };
    seen.add(text);
    for (const { field, message } of [
      ...fileProblems(candidate),
      ...scriptProblems(candidate),
      ...searchProblems(candidate),
    ]) {
      yield { path: ['candidates', i, ...field], message };
    }
    const instead = WITHOUT_NUMBERS[candidate.trainer];
    if (candidate.space !== undefined && instead !== undefined) {
      yield {
        path: ['candidates', i, 'space'],
        message: `is for numbers to draw; the trainer ${candidate.trainer} ${instead}`,
      };
    }
  }
  const runs = spec.candidates.reduce((sum, candidate) => sum + runsOf(candidate), 0);
  if (runs > MOST_RUNS) {
    yield {
      path: ['candidates'],
      message: `ask for ${runs} runs together; the most allowed is ${MOST_RUNS}`,
    };
  }
}

/** A candidate either brings a trained model or says how to train one. */
function* fileProblems({ trainer, file, ...search }: Spec['candidates'][number]) {
  if (trainer !== 'onnx') {
    if (file !== undefined) yield { field: ['file'], message: 'is for the trainer "onnx" only' };
    return;
  }
  if (file === undefined) {
    yield { field: ['file'], message: 'is missing; the trainer "onnx" needs the path of a trained model' };
  }
  for (const [section, value] of Object.entries(search)) {
    if (JSON.stringify(value ?? {}) !== '{}') {
      yield {
        field: [section],
        message: 'is for methods that learn; "onnx" brings a model that is trained already',
      };
    }
  }
}

const unknownColumn = (
  path: readonly (string | number)[],
  column: string,
  table: string,
  columns: readonly string[],
): SpecProblem => ({
  path,
  message: `there is no column "${column}" in table ${table}; its columns: ${listOf(columns)}`,
});
