import { TrainingError } from '../../telemetry/errors.ts';
import type { Lesson, Subject, TabularMethod } from '../tabular/tabular-method.ts';
import { broughtSchema } from './brought-files.ts';
import { openOnnx } from './open-onnx.ts';
import { refuseOtherOrder } from './refuse-other-order.ts';

/** A model that was trained elsewhere, and learns nothing here: it is measured as every other, and answers like them. */
export const broughtModel: TabularMethod = {
  hyperparameters: broughtSchema,
  async fit({ question, train, brought, hyperparameters }) {
    if (brought === undefined) {
      throw new TrainingError(
        `When the dataset was built, there was no "${hyperparameters.file}" in the model's folder under brought/ in the ` +
          'model bucket, or it had more than 512 MiB. Put it there, and run again.',
      );
    }
    const model = await openOnnx(brought, { question, features: featuresOf(train) });
    try {
      await refuseOtherOrder(model, question, train);
    } catch (error) {
      await model.predictor[Symbol.asyncDispose]();
      throw error;
    }
    return model.predictor;
  },
  decode: async (bytes, subject) => (await openOnnx(bytes, subject)).predictor,
};

const featuresOf = ({ columns }: Lesson['train']): Subject['features'] =>
  columns.map(({ name, kind }) => ({ name, kind: kind === 'numeric' ? 'number' : 'category' }));
