import type { ExamplesRecord } from '../../data/dataset/examples-record.ts';
import type { Column } from '../../data/features/columns.ts';
import type { Importance } from '../importance.ts';
import type { Hyperparameters, Method } from '../trainer.ts';
import type { Question } from './question.ts';

/** Examples to learn from. */
export interface Examples {
  /** Features, in the order of the spec. */
  readonly columns: readonly Column[];
  /** For a regression finite numbers, for a classification indices into the question's classes. */
  readonly target: Float64Array;
}

export interface Lesson {
  readonly question: Question;
  readonly train: Examples;
  /** For early stopping only. Has the columns of `train`; categories that `train` does not have are missing. */
  readonly validation: Examples;
  /** What the trainer's own schema made of the candidate's hyperparameters. */
  readonly hyperparameters: Hyperparameters;
  readonly seed: number;
  /** The file that the candidate brings; absent where it brings none, or where its file is not there. */
  readonly brought?: Uint8Array;
}

/** What a model is about. */
export interface Subject {
  readonly question: Question;
  /** In the order of the spec. */
  readonly features: ExamplesRecord['columns']['features'];
}

/** A model that was learned. Dispose of it: some hold memory that nobody else gives back. */
export interface Predictor extends AsyncDisposable {
  /** The model without anything that changes from one training to the next: equal lessons give equal bytes. */
  encode(): Uint8Array;
  /**
   * @param columns By name and kind those of the lesson, whatever their categories and order.
   * @returns For a regression one column of numbers; for a classification a column of probabilities for each class.
   * @throws PredictionError when the model cannot answer a row.
   */
  predict(columns: readonly Column[], rows: number): Promise<Float64Array[]>;
  /** Of features that are categories: those that the model tells apart; it takes others for missing values. */
  readonly categories?: ReadonlyMap<string, ReadonlySet<string>>;
  /** Most important first; empty where the model looks at no feature. */
  importance(): Importance[];
}

/** A way to learn a target from features. */
export interface TabularMethod extends Method {
  /**
   * Deterministic: equal lessons give equal models.
   * @throws TrainingError when there is nothing to learn.
   */
  fit(lesson: Lesson): Promise<Predictor>;
  /** The model that `encode` wrote, of the subject that it was learned for. */
  decode(bytes: Uint8Array, subject: Subject): Promise<Predictor>;
}
