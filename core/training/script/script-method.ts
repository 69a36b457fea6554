import * as z from 'zod';
import { broughtModel } from '../onnx/brought-model.ts';
import type { TabularMethod } from '../tabular/tabular-method.ts';

/** A model that a program has learned elsewhere from the same examples. Its hyperparameters are the program's own. */
export const scriptMethod: TabularMethod = {
  ...broughtModel,
  hyperparameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
};
