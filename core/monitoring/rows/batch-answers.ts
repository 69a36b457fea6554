import { readColumns } from '../../data/dataset/read-examples.ts';
import { withDuckDb } from '../../data/duckdb.ts';
import { parquetRows } from '../../data/parquet-rows.ts';
import { identifier } from '../../data/quote.ts';
import { answerColumns } from '../../serving/prediction-table.ts';
import { dataKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { PredictorArtifact } from '../../training/tabular/predictor-artifact.ts';
import type { Answers } from './logged-answers.ts';

/**
 * What a version answered to request files that name their rows: those with every column of `examples.id`. Of several
 * answers for one id that of the last file counts.
 */
export async function batchAnswers(
  data: ObjectStore,
  model: string,
  version: number,
  artifact: PredictorArtifact,
): Promise<Answers> {
  const { id } = artifact.section.examples;
  const { question } = artifact.recipe;
  const answered = answerColumns(artifact);
  const names = question.task === 'regression' ? ['prediction'] : answered.slice(1).map(({ name }) => name);
  const byId = new Map<string, { readonly id: readonly (string | null)[]; readonly outputs: number[] }>();
  for await (const { key } of data.list(dataKeys.predictions(model, version, ''))) {
    if (!key.endsWith('.parquet')) continue;
    await using file = await data.materialize(key);
    await withDuckDb({ paths: [file.path], threads: 1 }, async connection => {
      const from = parquetRows([file.path]);
      const described = await connection.runAndReadAll(`DESCRIBE FROM ${from}`);
      const columns = new Map(
        described.getRowsJS().map(([name]) => [String(name).toLowerCase(), String(name)]),
      );
      const ids = id.map(name => columns.get(name.toLowerCase()));
      if (ids.includes(undefined) || names.some(name => !columns.has(name.toLowerCase()))) return;
      const counted = await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${from}`);
      const rows = Number(counted.getRowsJS()[0]?.[0]);
      const texts = ids.map(name => `${identifier(name ?? '')}::VARCHAR`);
      const read = await connection.runAndReadAll(`SELECT ${texts.join(', ')} FROM ${from}`);
      const outputs = await readColumns(
        connection,
        from,
        rows,
        names.map(name => ({ name, kind: 'number' })),
      );
      for (const [row, values] of read.getRowsJS().entries()) {
        const own = values.map(value => (value === null ? null : String(value)));
        byId.set(JSON.stringify(own), {
          id: own,
          outputs: outputs.map(column =>
            column.kind === 'numeric' ? (column.values[row] ?? Number.NaN) : Number.NaN,
          ),
        });
      }
    });
  }
  const all = [...byId.values()];
  return {
    rows: all.length,
    ids: all.map(answer => answer.id),
    outputs: names.map((_, i) => Float64Array.from(all, ({ outputs }) => outputs[i] ?? Number.NaN)),
  };
}
