import type { Objective } from '../objective.ts';
import { logistic, poisson, squared } from './canonical.ts';
import type { Loss } from './loss.ts';
import { absolute, quantile } from './pinball.ts';
import { softmax } from './softmax.ts';

/** The loss of an objective. It may keep state for one training at a time. */
export function lossOf(objective: Objective): Loss {
  switch (objective.kind) {
    case 'squared':
      return squared();
    case 'absolute':
      return absolute();
    case 'quantile':
      return quantile(objective.level);
    case 'poisson':
      return poisson();
    case 'logistic':
      return logistic();
    case 'softmax':
      return softmax(objective.classes);
  }
}
