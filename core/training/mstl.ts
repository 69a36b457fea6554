import * as z from 'zod';
import { forecastMstl } from './forecast-mstl.ts';
import { localTrainer } from './local-trainer.ts';

/**
 * MSTL on every series by itself, on all cores: it is the one trainer that takes milliseconds for a single series.
 * augurs' MSTL has nothing numeric to tune: of its two options, `impute` is done here, and `logitTransform` is for
 * shares between 0 and 1.
 */
export const mstl = localTrainer({
  hyperparameters: z.strictObject({
    /** log: seasons and noise that grow with the level; the forecast is then the median, not the mean. */
    transform: z.enum(['none', 'log']).default('none'),
  }),
  forecast: forecastMstl,
  thread: 'mstl-thread',
});
