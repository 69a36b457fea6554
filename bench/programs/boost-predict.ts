import { predict, rowPredictor, trainBoosting } from '../../core/training/gradient-boosting/index.ts';
import { boostingData } from './boosting-data.ts';
import { timed } from './timed.ts';

/** Predicts examples with 100 trees of depth 6, in columns or one by one. */
const [rows = '', how] = process.argv.slice(2);
const { columns, target } = boostingData(Number(rows));
const model = trainBoosting({
  ...boostingData(20_000),
  objective: { kind: 'squared' },
  hyperparameters: { trees: 100, depth: 6 },
  seed: 1,
});
if (how === 'batch') await timed(async () => predict(model, columns));
else {
  const examples = Array.from(target, (_, row) =>
    columns.map(column => (column.kind === 'numeric' ? column.values[row] : undefined)),
  );
  const single = rowPredictor(model);
  await timed(async () => examples.map(example => single.predict(example)));
}
