import type { DeliveryFacts } from '../core/insights/delivery-facts.ts';
import { modelKeys } from '../core/storage/layout.ts';
import type { Stores } from './deployments/deployment.ts';
import { addressOf } from './paths.ts';

/** Where a person finds what a person opens after a delivery; null where the delivery made none. */
export interface Outputs {
  /** Parquet; a CSV of the same name lies beside it. */
  readonly forecast: string | null;
  /** The last answer to a request; Parquet, with a CSV beside it. */
  readonly predictions: string | null;
  /** Why the last file was quarantined, or else how the last window was measured. */
  readonly report: string | null;
  /** What was remarkable of the last file that was accepted with warnings. */
  readonly warnings: string | null;
  /** What the newest version is, and how good. */
  readonly card: string | null;
}

export async function outputsOf({ data, models }: Stores, facts: DeliveryFacts): Promise<Outputs> {
  const isForecast = (key: string): boolean => key.endsWith('/forecast.parquet');
  const forecast = facts.predictions.findLast(isForecast);
  const answer = facts.predictions.findLast(key => key.endsWith('.parquet') && !isForecast(key));
  const quarantine = facts.quarantined.at(-1)?.report;
  const warned = facts.warned.findLast(({ report }) => report !== null)?.report ?? null;
  const version = facts.decision?.version ?? null;
  const window = quarantine == null ? await lastWindow(models, facts.model) : undefined;
  return {
    forecast: forecast === undefined ? null : addressOf(data, forecast),
    predictions: answer === undefined ? null : addressOf(data, answer),
    report:
      quarantine != null
        ? addressOf(data, quarantine)
        : window === undefined
          ? null
          : addressOf(models, window),
    warnings: warned === null ? null : addressOf(data, warned),
    card: version === null ? null : addressOf(models, modelKeys.modelCard(facts.model, version)),
  };
}

/** Windows are named by the time that they cover, so the last key is the latest. */
async function lastWindow(models: Stores['models'], model: string): Promise<string | undefined> {
  let last: string | undefined;
  for await (const { key } of models.list(modelKeys.monitoring(model))) if (key.endsWith('.html')) last = key;
  return last;
}
