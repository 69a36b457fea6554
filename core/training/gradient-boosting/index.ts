export type { CategoricalColumn, Column, NumericColumn } from './columns.ts';
export { type BoostingHyperparameters, boostingHyperparameters } from './hyperparameters.ts';
export { type BoostedModel, type Feature, importance, roundsOf } from './model/boosted-model.ts';
export { decodeModel } from './model/decode-model.ts';
export { encodeModel } from './model/encode-model.ts';
export { predict, predictRaw } from './model/predict.ts';
export { type RowPredictor, type RowValue, rowPredictor } from './model/row-predictor.ts';
export { type Objective, objectiveSchema } from './objective.ts';
export { type BoostingTask, trainBoosting } from './train-boosting.ts';
