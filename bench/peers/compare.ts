import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { table } from '../../cli/table.ts';
import { withDuckDb } from '../../core/data/duckdb.ts';
import { literal } from '../../core/data/quote.ts';
import { type PeerCase, peerCases } from './cases.ts';
import { crossValidate } from './cross-validate.ts';

/**
 * Gradient boosting side by side with scikit-learn's and LightGBM's: the same examples, folds and hyperparameters, one
 * thread. Makes itself a Python environment under .cache/; needs python3 and PyPI the first time.
 */
const here = fileURLToPath(new URL('.', import.meta.url));
const cache = fileURLToPath(new URL('../../.cache/peers', import.meta.url));
const python = join(cache, 'bin', 'python');
const work = join(cache, 'cases');

function run(command: string, args: readonly string[]): string {
  const environment = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env: environment });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stderr}`);
  return stdout;
}

function preparePython(): void {
  if (!existsSync(python)) run('python3', ['-m', 'venv', cache]);
  run(python, ['-m', 'pip', 'install', '--quiet', '-r', join(here, 'requirements.txt')]);
}

/** Writes the examples of every case where both sides read them. */
async function writeCases(cases: readonly PeerCase[]): Promise<void> {
  writeFileSync(join(work, 'cases.json'), JSON.stringify(cases));
  const data = fileURLToPath(new URL('../data/', import.meta.resolve('vega-datasets')));
  await withDuckDb({ paths: [`${work}/`, data], threads: 1 }, async connection => {
    for (const [index, { sql }] of cases.entries()) {
      const file = literal(join(work, `${index}.parquet`));
      await connection.run(`COPY (${sql}) TO ${file} (FORMAT parquet)`);
    }
  });
}

const resultSchema = z.array(
  z.object({ case: z.int(), peer: z.string(), loss: z.number(), seconds: z.number() }),
);

mkdirSync(work, { recursive: true });
preparePython();
const digits = join(work, 'digits.parquet');
run(python, [join(here, 'peers.py'), 'digits', digits]);
const cases = peerCases(digits);
await writeCases(cases);
const peers = resultSchema.parse(JSON.parse(run(python, [join(here, 'peers.py'), 'run', work])));

const percent = (own: number, other: number): string => {
  const change = (own / other - 1) * 100;
  return `${change < 0 ? '' : '+'}${change.toFixed(2)} %`;
};
const rows: string[][] = [];
for (const [index, peerCase] of cases.entries()) {
  const own = await crossValidate(join(work, `${index}.parquet`), peerCase);
  const others = peers.filter(result => result.case === index);
  rows.push([
    peerCase.name,
    peerCase.objective.kind,
    String(own.examples),
    own.loss.toFixed(5),
    ...others.flatMap(({ loss }) => [loss.toFixed(5), percent(own.loss, loss)]),
    `${own.seconds.toFixed(1)} s`,
    ...others.map(({ seconds }) => `${seconds.toFixed(1)} s`),
  ]);
}
const names = [...new Set(peers.map(({ peer }) => peer))];
process.stdout.write(
  `${table(
    [
      ...['case', 'objective', 'rows', 'Antei'],
      ...names.flatMap(name => [name, 'over it']),
      ...['Antei', ...names].map(name => `CPU ${name}`),
    ],
    rows,
  )}\n`,
);
