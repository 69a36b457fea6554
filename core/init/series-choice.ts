import type { DuckDBConnection } from '@duckdb/node-api';
import { InferenceError } from '../telemetry/errors.ts';
import { isUnique, type SampleFacts } from './column-facts.ts';
import { type EventGrid, findEventGrid, MOST_EVENT_SERIES } from './event-grid.ts';
import { counted, percent, shown } from './names.ts';
import { findPanel, type Panel } from './panel.ts';
import type { Reference } from './references.ts';
import { type MeasuredValue, measuredValue } from './series-value.ts';
import { sqlNames } from './sql-names.ts';
import type { Step } from './steps.ts';
import { isForecastName, type TimeColumn, timeColumnOf } from './time-column.ts';

/** What is forecast, with a reason for each choice. */
export interface SeriesChoice {
  readonly sample: SampleFacts;
  readonly time: TimeColumn;
  readonly by: readonly string[];
  readonly step: Step;
  readonly value: string;
  readonly fill: 'zero' | 'none';
  readonly top: number | undefined;
  /** Columns that are unique together, if the sample shows that. */
  readonly key: readonly string[] | undefined;
  readonly why: Readonly<Record<'by' | 'every' | 'value' | 'fill' | 'top', string>>;
}

/** More measured series than this take long to train; the largest matter most. */
const MOST_MEASURED_SERIES = 500;

/** The table to forecast: of those with a time that no other table refers to, the one with most rows. */
export function seriesTable(
  samples: readonly SampleFacts[],
  references: readonly Reference[],
): { sample: SampleFacts; time: TimeColumn } {
  const timed = samples.flatMap(sample => {
    const time = timeColumnOf(sample.facts);
    return time === undefined ? [] : [{ sample, time }];
  });
  const isReferenced = (table: string): number =>
    Number(references.some(({ target }) => target.table === table));
  const [chosen] = timed.toSorted(
    (a, b) => isReferenced(a.sample.table) - isReferenced(b.sample.table) || b.sample.rows - a.sample.rows,
  );
  if (chosen === undefined) throw noTime(samples);
  return chosen;
}

function noTime(samples: readonly SampleFacts[]): InferenceError {
  const tables = samples.map(({ file, facts }) => {
    const columns = facts.slice(0, 10).map(({ name, type, why, least }) => {
      const example = type === 'string' && least !== null ? ` such as ${shown(least)}` : '';
      const taken = isForecastName(name) ? '; a forecast needs this name, so rename the column' : '';
      return `${shown(name)} (${type}${example}${why && `; ${why}`}${taken})`;
    });
    return `  ${shown(file)}: ${columns.join(', ')}${facts.length > 10 ? ` and ${facts.length - 10} more` : ''}`;
  });
  return new InferenceError(
    `No file has a time column, and a forecast needs one.\nFound:\n${tables.join('\n')}\n` +
      'Needed: a column whose every value is a date or a timestamp, such as 2026-01-31, 2026/01/31 13:45, 31.01.2026, ' +
      '01/31/2026 or 2026年1月31日. Export one, or write the dates in one of these forms. To predict a column of each row ' +
      'instead, name it: --predict COLUMN',
  );
}

/** How the rows of a table become series. */
export async function chooseSeries(
  connection: DuckDBConnection,
  { sample, time }: { readonly sample: SampleFacts; readonly time: TimeColumn },
  references: readonly Reference[],
): Promise<SeriesChoice> {
  const keys = new Set(references.filter(({ table }) => table === sample.table).map(({ column }) => column));
  const usable = {
    ...sample,
    facts: sample.facts.filter(({ name }) => !isForecastName(name)),
  };
  const panel = await findPanel(connection, usable, time.column, keys);
  const value = panel && measuredValue(sample.facts, new Set([...panel.by, ...keys]));
  const sql = await sqlNames(connection);
  const names = { sample, time };
  return panel === undefined || value === undefined
    ? fromEvents(names, await findEventGrid(connection, usable, time.column, keys), sql)
    : fromMeasurements(names, panel, value, sql);
}

interface Names {
  readonly sample: SampleFacts;
  readonly time: TimeColumn;
}

function fromMeasurements(names: Names, panel: Panel, value: MeasuredValue, sql: SqlName): SeriesChoice {
  const { by, step, series, density, exact } = panel;
  const { column, aggregate, addsUp, why, others } = value;
  const { min = 0 } = column.range ?? {};
  // Who records what is zero leaves out what is unknown; who does not leaves out what is zero.
  const zero = addsUp && min > 0 && density < 1;
  const gaps = density === 1 ? 'no period is missing' : `${percent(1 - density)} of the periods have no row`;
  return {
    ...names,
    ...{ by, step, value: `${aggregate}(${sql(column.name)})`, fill: zero ? 'zero' : 'none' },
    top: series > MOST_MEASURED_SERIES ? MOST_MEASURED_SERIES : undefined,
    key: exact ? [...by, names.time.column.name] : undefined,
    why: {
      by:
        by.length === 0
          ? 'no two rows have the same time, so there is one series'
          : `${counted(series, 'series', 'series')}, each with one row for each period`,
      every: `the longest step with at most one row for each series and period; ${gaps}`,
      value: why + (others.length === 0 ? '' : `; other columns that could be forecast: ${listed(others)}`),
      fill: zero
        ? 'no row has a zero, so a period without a row is taken for one'
        : `${density === 1 ? 'no gaps so far; ' : ''}a missing measurement is unknown, not zero: trainers bridge such gaps, and metrics leave them out`,
      top: `only the largest of ${counted(series, 'series', 'series')}: more take long to train`,
    },
  };
}

function fromEvents(names: Names, grid: EventGrid, sql: SqlName): SeriesChoice {
  const { by, step, series, periods, filled, others } = grid;
  const { facts, rows } = names.sample;
  const cells = Math.round(rows / (series * periods));
  const quantity = measuredValue(facts, new Set(by));
  const id = facts.find(fact => isUnique(fact) && (fact.type === 'string' || fact.type === 'integer'));
  const instead = quantity && `${quantity.aggregate}(${sql(quantity.column.name)})`;
  return {
    ...names,
    ...{ by, step, value: 'count(*)', fill: 'zero' },
    top: series > MOST_EVENT_SERIES ? MOST_EVENT_SERIES : undefined,
    key: id && [id.name],
    why: {
      by:
        (by.length === 0
          ? 'no column has a row for each of its values in the average period, so there is one series'
          : `${counted(series, 'value')}, on average ${counted(cells, 'row')} for each in a period`) +
        (others.length === 0 ? '' : `; others that could be used: ${listed(others)}`),
      every: `rows come at any time; ${counted(periods, 'period')} of this length, ${percent(filled)} of them with rows`,
      value: `each row is an event, so events are counted${instead === undefined ? '' : `; to forecast a quantity instead: ${instead}`}`,
      fill: 'a period without a row had no event',
      top: `only the largest of ${counted(series, 'series', 'series')}: the counts of small ones are mostly chance`,
    },
  };
}

type SqlName = (name: string) => string;

const listed = (names: readonly string[]): string =>
  names.slice(0, 8).join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '');
