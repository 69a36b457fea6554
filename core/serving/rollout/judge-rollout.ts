import { readableNumber, readableShare } from '../../insights/readable.ts';
import type { TrialPlan } from '../../spec/release.ts';
import { isAnswered, type PredictionLogEntry } from '../prediction-log.ts';
import { fisherExact } from './fisher-exact.ts';
import { predictionShift } from './prediction-shift.ts';

/** A difference in errors, or in slow answers, must be as improbable as this, by chance, to count. */
const SIGNIFICANCE = 0.01;

/** How many times as long as the champion the challenger may take, at the 95th percentile. */
const SLOWEST = 1.5;

/** Milliseconds that nobody notices, however large they are as a share. */
const NEGLIGIBLE = 10;

/**
 * How far predictions may shift (see `predictionShift`): half a standard deviation is what Cohen calls a medium effect;
 * of classes, one row in five.
 * @see J. Cohen, "Statistical Power Analysis for the Behavioral Sciences", 1988, section 2.2.
 */
const LARGEST_SHIFT = { numbers: 0.5, classes: 0.2 };

/** What one version did while both were in production. */
export interface VersionTraffic {
  /** Requests that it computed, for callers or for comparison. */
  readonly requests: number;
  /** Those that it failed at; what it refused as wrong was the caller's. */
  readonly errors: number;
  /** 95th percentile of what its answers to callers took; null when there are none. */
  readonly p95: number | null;
}

export interface RolloutFigures {
  readonly champion: VersionTraffic;
  readonly challenger: VersionTraffic;
  /** Probability of as many errors of the challenger by chance, if both fail equally often. */
  readonly errorsByChance: number;
  /** Probability of as many slow answers of the challenger by chance, if both are slow equally often; null without any. */
  readonly slownessByChance: number | null;
  /** Rows that both predicted. */
  readonly pairs: number;
  /** Shift of the predictions on those rows; null where it says nothing. */
  readonly shift: number | null;
}

export interface RolloutVerdict {
  readonly verdict: 'good' | 'bad' | 'too-little-traffic';
  /** Whether the challenger takes over. */
  readonly promote: boolean;
  /** One plain sentence. */
  readonly reason: string;
  readonly figures: RolloutFigures;
}

/**
 * Judges a version on trial by what the endpoint logged meanwhile: errors, latency, and the shift of its predictions
 * against the champion's on the same rows. Of a request that one of the two answers the other's answer is in the log as
 * `shadow`. Errors count however little traffic there was; the rest asks for `minRequests`.
 * @param entries Each once. Those of other versions are left out.
 */
export async function judgeRollout(o: {
  readonly plan: TrialPlan;
  readonly champion: number;
  readonly challenger: number;
  readonly entries: AsyncIterable<PredictionLogEntry> | Iterable<PredictionLogEntry>;
}): Promise<RolloutVerdict> {
  const { plan, champion, challenger } = o;
  const { figures, ofClasses } = await figuresOf(o);
  const { requests, errors, p95 } = figures.challenger;
  const bad = (why: string): RolloutVerdict => ({
    ...{ verdict: 'bad', promote: false, figures },
    reason: `Version ${challenger} ${why}`,
  });

  if (errors > 0 && figures.errorsByChance < SIGNIFICANCE) {
    return bad(
      `failed at ${errors} of ${requests} requests, version ${champion} at ${figures.champion.errors} of ` +
        `${figures.champion.requests}`,
    );
  }
  if (requests < plan.minRequests) {
    const promote = plan.onLittleTraffic === 'promote';
    const then = promote ? 'it is promoted for it passed the gate' : `version ${champion} stays`;
    return {
      ...{ verdict: 'too-little-traffic', promote, figures },
      reason: `Too little traffic to judge version ${challenger}: ${requests} of ${plan.minRequests} requests. As the spec says, ${then}`,
    };
  }
  const usual = figures.champion.p95;
  const { slownessByChance } = figures;
  // The percentile of few answers is one answer: a pause of the machine, or a cold start.
  const isSlow = slownessByChance !== null && slownessByChance < SIGNIFICANCE;
  if (isSlow && p95 !== null && usual !== null && p95 > slowerThan(usual)) {
    return bad(
      `took ${readableNumber(p95)} ms for an answer at the 95th percentile, version ${champion} ${readableNumber(usual)} ms`,
    );
  }
  const { shift, pairs } = figures;
  const most = ofClasses ? LARGEST_SHIFT.classes : LARGEST_SHIFT.numbers;
  if (shift !== null && shift > most) {
    const how = ofClasses
      ? `its classes differ from version ${champion}'s by ${readableShare(shift)} of the rows`
      : `its predictions lie ${readableNumber(shift)} standard deviations from version ${champion}'s`;
    return bad(`answers otherwise: on ${pairs} rows that both predicted, ${how}; at most ${most} is allowed`);
  }
  return {
    ...{ verdict: 'good', promote: true, figures },
    reason: `Version ${challenger} did as well as version ${champion}: ${requests} requests, ${errors} errors`,
  };
}

/** Milliseconds from which on an answer is slow, by the champion's 95th percentile. */
const slowerThan = (usual: number): number => Math.max(SLOWEST * usual, usual + NEGLIGIBLE);

/** What is known of one version's requests. */
class Traffic {
  readonly #requests = new Set<string>();
  readonly #failed = new Set<string>();
  readonly #milliseconds = new Map<string, number>();
  readonly predictions = new Map<string, number | string>();

  add(entry: PredictionLogEntry): void {
    const { request, variant, milliseconds } = entry;
    if (!isAnswered(entry)) {
      // 4xx: the request was wrong, whoever was asked.
      if (entry.status < 500) return;
      this.#requests.add(request);
      this.#failed.add(request);
      return;
    }
    this.#requests.add(request);
    // The caller waited for the variant that answered; how long the other took is not known.
    if (variant !== 'shadow') this.#milliseconds.set(request, milliseconds);
    if (entry.prediction !== null)
      this.predictions.set(JSON.stringify([request, entry.row]), entry.prediction);
  }

  /** How many of its answers to callers took longer, and how many there are. */
  slower(than: number): readonly [slow: number, of: number] {
    const all = [...this.#milliseconds.values()];
    return [all.filter(one => one > than).length, all.length];
  }

  summary(): VersionTraffic {
    const sorted = Float64Array.from(this.#milliseconds.values()).sort();
    // The nearest rank: the smallest value that 95 % do not exceed.
    const p95 = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? null;
    return { requests: this.#requests.size, errors: this.#failed.size, p95 };
  }
}

async function figuresOf({ champion, challenger, entries }: Parameters<typeof judgeRollout>[0]) {
  const traffic = { champion: new Traffic(), challenger: new Traffic() };
  for await (const entry of entries) {
    if (entry.version === champion) traffic.champion.add(entry);
    else if (entry.version === challenger) traffic.challenger.add(entry);
  }
  const [old, young] = [traffic.champion.summary(), traffic.challenger.summary()];
  const pairs = [...traffic.challenger.predictions].flatMap(([row, prediction]) => {
    const other = traffic.champion.predictions.get(row);
    return other === undefined ? [] : [{ champion: other, challenger: prediction }];
  });
  const limit = old.p95 === null || young.p95 === null ? undefined : slowerThan(old.p95);
  const figures: RolloutFigures = {
    champion: old,
    challenger: young,
    errorsByChance: fisherExact(young.errors, young.requests, old.errors, old.requests),
    slownessByChance:
      limit === undefined
        ? null
        : fisherExact(...traffic.challenger.slower(limit), ...traffic.champion.slower(limit)),
    pairs: pairs.length,
    shift: predictionShift(pairs),
  };
  return { figures, ofClasses: pairs.some(pair => typeof pair.champion === 'string') };
}
