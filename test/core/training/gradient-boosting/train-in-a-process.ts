import { sha256 } from '../../../../core/storage/digest.ts';
import { encodeModel, trainBoosting } from '../../../../core/training/gradient-boosting/index.ts';
import { examples, OBJECTIVES } from './support.ts';

/** Digests of models of every objective, with samples of rows and columns; run by determinism.test.ts. */
export function digests(): string[] {
  const { columns, score } = examples(3000, 4);
  return OBJECTIVES.map(([objective, targetOf]) =>
    sha256(
      encodeModel(
        trainBoosting({
          columns,
          target: score.map(targetOf),
          weights: score.map((_, i) => 1 + (i % 3) / 10),
          objective,
          hyperparameters: { trees: 8, rows: 0.8, columns: 0.75 },
          seed: 11,
        }),
      ),
    ),
  );
}

if (process.argv[2] === 'print') process.stdout.write(JSON.stringify(digests()));
