import { objectiveSchema, trainBoosting } from '../../core/training/gradient-boosting/index.ts';
import { boostingData, targetFor } from './boosting-data.ts';
import { timed } from './timed.ts';

/** Trains 100 trees of depth 6. */
const [rows = '', kind] = process.argv.slice(2);
const objective = objectiveSchema.parse({ kind });
const { columns, target: values } = boostingData(Number(rows));
const target = targetFor(objective.kind, values);
await timed(async () =>
  trainBoosting({ columns, target, objective, hyperparameters: { trees: 100, depth: 6 }, seed: 1 }),
);
