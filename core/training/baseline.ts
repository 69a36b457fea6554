import * as z from 'zod';
import { naiveLag } from '../evaluation/scale.ts';
import { localTrainer } from './local-trainer.ts';
import { seasonalNaive } from './seasonal-naive.ts';

/** What every other trainer has to beat, and what stands in where they cannot work. */
export const baseline = localTrainer({
  hyperparameters: z.strictObject({}),
  forecast: (history, horizon, { season }) => seasonalNaive(history, naiveLag(season), horizon),
});
