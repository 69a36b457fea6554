import { measure } from './measure.ts';
import { atMost, type Row } from './rows.ts';

/** Models in the ONNX format: many rows in columns, and one row at a time. */
export function onnx(): Row[] {
  const batch = (model: string): number => measure('onnx-predict', [model, '100000', 'batch']).seconds;
  const single = (model: string): number =>
    measure('onnx-predict', [model, '10000', 'single']).seconds / 10_000;
  return [
    atMost('onnx: 100k predictions in columns, numbers', batch('matrix'), 1, 's'),
    atMost('onnx: 100k predictions in columns, text', batch('late'), 1, 's'),
    atMost('onnx: one prediction, numbers', single('matrix') * 1e6, 1000, 'µs'),
    atMost('onnx: one prediction, text', single('late') * 1e6, 1000, 'µs'),
  ];
}
