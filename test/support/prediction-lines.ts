import { predictionLogLine, predictionLogSchema } from '../../core/serving/prediction-log.ts';

/**
 * Lines of the prediction log, as the endpoint writes them while version 2 is tried beside version 1: of each request
 * version 2 answers one row, or fails at it, and version 1 computes it for comparison.
 * @param o.errors Requests, of the first ones, at which version 2 failed.
 */
export function predictionLines(o: {
  readonly model: string;
  readonly time: string;
  readonly requests: number;
  readonly errors: number;
}): string {
  const { model, time, requests, errors } = o;
  const lines = Array.from({ length: requests }, (_, i) => {
    const common = { antei: 'prediction', time, model, request: `request-${i}`, milliseconds: 5 };
    const row = { ...common, row: 0, id: {}, features: {}, prediction: i % 10 };
    const young = { version: 2, variant: 'challenger' };
    const answer =
      i < errors
        ? { ...common, ...young, status: 500, error: { name: 'Error', message: 'broken' } }
        : { ...row, ...young };
    return [answer, { ...row, version: 1, variant: 'shadow' }];
  });
  return lines
    .flat()
    .map(line => `${predictionLogLine(predictionLogSchema.parse(line))}\n`)
    .join('');
}
