import { sha256 } from '../../../../../core/storage/digest.ts';
import { forecast, weekly } from './support.ts';

/** Digests of forecasts by each strategy and with samples; run by boosted-forecaster.test.ts. */
export function digestsOfForecasts(): string[] {
  const named = Object.fromEntries(
    Array.from({ length: 8 }, (_, i) => [`series ${i}`, weekly(120, i + 1, 5 + i)]),
  );
  return [
    { strategy: 'recursive' },
    { strategy: 'direct' },
    { strategy: 'direct', rows: 0.7, columns: 0.6, early_stopping: 5 },
  ].map(hyperparameters => {
    const { values } = forecast(named, hyperparameters);
    return sha256(Buffer.concat(values.map(points => Buffer.from(points.buffer))));
  });
}

if (process.argv[2] === 'print') process.stdout.write(JSON.stringify(digestsOfForecasts()));
