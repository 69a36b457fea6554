import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ExamplesInference } from '../core/init/infer-examples-spec.ts';
import type { SeriesInference } from '../core/init/infer-series-spec.ts';
import { type Inference, inferSpec } from '../core/init/infer-spec.ts';
import { forecastingSpecSchema } from '../core/spec/schema.ts';
import { type Command, UsageError } from './command.ts';
import { printable } from './printable.ts';
import { section, table } from './table.ts';

export const init: Command = {
  summary: 'writes a commented spec, inferred from one sample file for each table',
  usage: 'NAME --from FILE… [--predict COLUMN]',
  options: { from: { type: 'string', multiple: true }, predict: { type: 'string' } },
  async run({ positionals, all, option, models }) {
    const [name, ...more] = positionals;
    const files = [...all('from'), ...more];
    if (files.length === 0) throw new UsageError('--from is missing: name a sample file for each table');
    const model = modelName(name);
    const spec = join(models, `${model}.yaml`);
    if (existsSync(spec)) throw new UsageError(`${spec} is there already; remove it, or choose another name`);
    for (const file of files) requireFile(file);
    const named = files.map(path => ({ path, file: basename(path) }));
    const inference = await inferSpec(model, named, option('predict'));
    mkdirSync(models, { recursive: true });
    // Two commands at once: the second one must not overwrite the first.
    writeFileSync(spec, inference.text, { flag: 'wx' });
    return { facts: factsOf(inference, spec), text: textOf(inference, spec) };
  },
};

function modelName(name: string | undefined): string {
  if (name === undefined) throw new UsageError('Name the model: antei init NAME --from FILE…');
  const parsed = forecastingSpecSchema.shape.name.safeParse(name);
  if (parsed.success) return parsed.data;
  const allowed = parsed.error.issues.map(({ message }) => message).join(', ');
  throw new UsageError(`"${name}" cannot name a model; allowed: ${allowed}`);
}

function requireFile(path: string): void {
  if (!existsSync(path)) throw new UsageError(`There is no file ${path}`);
  if (!statSync(path).isFile()) throw new UsageError(`${path} is not a file; name the files themselves`);
}

function factsOf(inference: Inference, spec: string): unknown {
  const { spec: parsed, tables, references } = inference;
  return {
    model: parsed.name,
    spec,
    tables: tables.map(sample => ({
      table: sample.table,
      file: sample.file,
      rows: sample.rows,
      wholeFile: !sample.more,
      mode: parsed.tables[sample.table]?.mode,
      time: parsed.tables[sample.table]?.time,
      key: parsed.tables[sample.table]?.key,
      columns: Object.fromEntries(sample.columns.map(({ name, type }) => [name, type])),
      leftOut: sample.leftOut,
    })),
    references: references.map(({ table, column, target, tolerance }) => ({
      from: `${table}.${column}`,
      to: `${target.table}.${target.column}`,
      tolerance,
    })),
    ...('series' in inference ? seriesFacts(inference) : exampleFacts(inference)),
  };
}

const seriesFacts = ({ spec, series, plan }: SeriesInference): object => ({
  task: spec.task,
  series: { ...spec.series, reasons: series.why },
  seasons: plan.season,
  steps: plan.steps,
  horizon: plan.horizon,
  split: spec.split,
});

const exampleFacts = ({ spec, found }: ExamplesInference): object => ({
  task: spec.task,
  examples: spec.examples,
  leftOut: found.leftOut,
  split: spec.split,
});

function textOf(inference: Inference, file: string): string {
  const { spec, tables, references } = inference;
  const rows = tables.map(({ table, rows, more, columns }) => {
    const { mode, time = '', key = [] } = spec.tables[table] ?? {};
    return [table, more ? `first ${rows}` : String(rows), columns.length, mode ?? '', time, key.join(', ')];
  });
  const links = references.map(({ table, column, target }) =>
    printable(`  ${table}.${column} → ${target.table}.${target.column}`),
  );
  const arguments_ = tables.map(({ table, path }) => `--table ${shellWord(`${table}=${path}`)}`).join(' ');
  return [
    `Wrote ${file}`,
    section('Tables', table(['table', 'rows', 'columns', 'mode', 'time', 'key'], rows)),
    ...(links.length > 0 ? [section('References', links.join('\n'))] : []),
    'series' in inference ? forecastText(inference) : examplesText(inference),
    section(
      'Next',
      `  read and correct ${file}\n  antei check ${shellWord(file)}\n  antei run --spec ${shellWord(file)} ${arguments_}`,
    ),
  ].join('\n');
}

function forecastText({ spec, series, plan }: SeriesInference): string {
  const { by, value, every, season } = spec.series;
  const forecast = [
    printable(
      `  ${value} of ${series.sample.table}, every ${every}${by.length > 0 ? `, by ${by.join(', ')}` : ''}`,
    ),
    `  season ${season.join(', ') || 'none'}, horizon ${plan.horizon}, from ${plan.steps} steps of history`,
  ];
  return section('Forecast', forecast.join('\n'));
}

function examplesText({ spec, target, found, split }: ExamplesInference): string {
  const { features, target: predicted } = spec.examples;
  const lines = [
    `  ${predicted}: ${spec.task}, ${target.why}`,
    `  from ${Object.keys(features).join(', ')}`,
    ...found.leftOut.map(({ name, why }) => `  left out: ${name}, because ${why}`),
    `  split by ${split.split.by}: ${split.why}`,
  ];
  return section('Prediction', lines.map(printable).join('\n'));
}

const shellWord = (text: string): string =>
  /^[\w./=:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
