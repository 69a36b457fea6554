import type { Tensor } from 'onnxruntime-web';
import type { Column } from '../../data/features/columns.ts';
import type { Predictor, Subject } from '../tabular/tabular-method.ts';
import { readAnswers } from './answers.ts';
import { feedsOf } from './feeds.ts';
import { openSession, runSession } from './runtime.ts';
import { type OutputPlan, planInputs, planOutputs, widthsOf } from './signature.ts';

/** Rows that go through a model together: enough to fill its vectors, and few enough for its memory. */
const BATCH = 10_000;

/** A model in the ONNX format that fits its subject. */
export interface OnnxModel {
  readonly predictor: Predictor;
  readonly outputs: OutputPlan;
  /** The named outputs for the first rows of the columns. */
  run(columns: readonly Column[], rows: number, outputs: readonly string[]): Promise<Tensor[]>;
}

/**
 * Opens an ONNX model.
 * @throws ModelFormatError when the bytes are no ONNX model that the runtime can run.
 * @throws TrainingError when its inputs do not fit the features, or its outputs the question.
 */
export async function openOnnx(bytes: Uint8Array, { question, features }: Subject): Promise<OnnxModel> {
  const session = await openSession(bytes);
  try {
    const inputs = planInputs(session.inputMetadata, features);
    const outputs = planOutputs(session.outputMetadata, question.task, widthsOf(question));
    const runRows = async (
      columns: readonly Column[],
      range: { readonly from: number; readonly to: number },
      wanted: readonly string[],
    ) => runSession(session, TensorOf => feedsOf(inputs, columns, range, TensorOf), wanted);
    const width = question.task === 'classification' ? question.classes.length : 1;
    return {
      outputs,
      run: (columns, rows, wanted) => runRows(columns, { from: 0, to: rows }, wanted),
      predictor: {
        encode: () => bytes,
        async predict(columns, rows) {
          const answer = Array.from({ length: width }, () => new Float64Array(rows));
          for (let from = 0; from < rows; from += BATCH) {
            const range = { from, to: Math.min(from + BATCH, rows) };
            const [values] = await runRows(columns, range, [outputs.values]);
            readAnswers(values, question, answer, range);
          }
          return answer;
        },
        importance: () => [],
        [Symbol.asyncDispose]: () => session.release(),
      },
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}
