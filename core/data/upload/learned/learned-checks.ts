import type { AcceptedPart, ColumnStatistics } from '../../accepted-parts.ts';
import { percent } from '../contract/outcome.ts';
import type { PartStatistics } from '../statistics/part-statistics.ts';
import { fileViolation, type Violation } from '../verdict.ts';
import { largestMove, meanMix, mixDistance, mixOf } from './category-mix.ts';
import { LEAST, peersOf, type Seasons } from './peers.ts';
import { isRemarkable, type Spread, spreadOf } from './spread.ts';

/**
 * The least reach of each measure, so that a part is not remarkable for what nobody would remark: a share of the
 * mean for rows and means, else points of a share.
 */
const FLOOR = { rows: 0.05, mean: 0.02, share: 0.005, mix: 0.03 } as const;

/**
 * How a part differs from the parts accepted before it: rows, and of each column missing share, distinct share, mean
 * and category mix, by three standard deviations over parts. Silent until five parts exist.
 * @param history Accepted parts of the table, oldest first.
 * @param identifiers Columns that only tell rows apart: their mean and their share of distinct values mean nothing.
 * @param seasons Of the series that the table feeds, where it feeds one.
 */
export function learnedChecks(
  part: PartStatistics,
  history: readonly AcceptedPart[],
  identifiers: ReadonlySet<string>,
  seasons: Seasons | undefined,
): Violation[] {
  const peers = peersOf(part, history, seasons);
  if (peers.length < LEAST) return [];
  return [
    ...volumeCheck(part, peers),
    ...Object.entries(part.columns).flatMap(([name, column]) =>
      columnChecks(name, column, part.rows, peers, identifiers.has(name)),
    ),
  ];
}

function* volumeCheck({ rows }: PartStatistics, peers: readonly AcceptedPart[]): Iterable<Violation> {
  const counts = peers.map(peer => peer.rows);
  const spread = spreadOf(counts, FLOOR.rows * mean(counts));
  if (isRemarkable(rows, spread)) {
    yield remarkable('learned.rows', range(spread, round), `${rows} rows`, 'rows', peers);
  }
}

/** A column of an earlier part, with the rows of that part. */
interface PeerColumn extends ColumnStatistics {
  readonly rows: number;
}

function columnChecks(
  name: string,
  now: ColumnStatistics,
  rows: number,
  peers: readonly AcceptedPart[],
  identifier: boolean,
): Violation[] {
  const before = peers.flatMap((peer): PeerColumn[] => {
    const column = peer.columns[name];
    return column === undefined || column.type !== now.type || peer.rows === 0
      ? []
      : [{ ...column, rows: peer.rows }];
  });
  if (before.length < LEAST || rows === 0) return [];
  return [
    ...shareCheck(
      `${name}.learned_missing`,
      'without a value',
      now.missing / rows,
      before.map(c => c.missing / c.rows),
      peers,
    ),
    ...(identifier ? [] : distinctCheck(name, now, rows, before, peers)),
    ...(identifier ? [] : meanCheck(name, now, before, peers)),
    ...mixCheck(name, now, rows, before, peers),
  ];
}

function* shareCheck(
  rule: string,
  what: string,
  share: number,
  shares: readonly number[],
  peers: readonly AcceptedPart[],
): Iterable<Violation> {
  const spread = spreadOf(shares, FLOOR.share);
  if (!isRemarkable(share, spread)) return;
  yield remarkable(
    rule,
    range(spread, value => percent(Math.min(Math.max(value, 0), 1))),
    `${percent(share)} ${what}`,
    what,
    peers,
  );
}

function* distinctCheck(
  name: string,
  now: ColumnStatistics,
  rows: number,
  before: readonly PeerColumn[],
  peers: readonly AcceptedPart[],
): Iterable<Violation> {
  const values = rows - now.missing;
  const filled = before.filter(column => column.rows > column.missing);
  if (values === 0 || filled.length < LEAST) return;
  // Of a handful of values, as many as ever, the share only tells how many rows there are; the mix tells the rest.
  const isHandful = now.distinct > 0 && now.distinct === now.top.length;
  if (isHandful && filled.some(({ distinct }) => distinct === now.distinct)) return;
  const shares = filled.map(column => column.distinct / (column.rows - column.missing));
  yield* shareCheck(
    `${name}.learned_distinct`,
    'of the values distinct',
    now.distinct / values,
    shares,
    peers,
  );
}

function* meanCheck(
  name: string,
  now: ColumnStatistics,
  before: readonly PeerColumn[],
  peers: readonly AcceptedPart[],
): Iterable<Violation> {
  const means = before.flatMap(column => column.mean ?? []);
  if (now.mean === null || means.length < LEAST) return;
  const spread = spreadOf(means, FLOOR.mean * Math.abs(mean(means)));
  if (isRemarkable(now.mean, spread)) {
    yield remarkable(
      `${name}.learned_mean`,
      range(spread, significant),
      `a mean of ${significant(now.mean)}`,
      'as the mean',
      peers,
    );
  }
}

function* mixCheck(
  name: string,
  now: ColumnStatistics,
  rows: number,
  before: readonly PeerColumn[],
  peers: readonly AcceptedPart[],
): Iterable<Violation> {
  const current = mixOf(now, rows, now.missing);
  const mixes = before.flatMap(column => mixOf(column, column.rows, column.missing) ?? []);
  if (current === undefined || mixes.length < LEAST) return;
  // How far each earlier part lies from the others tells how far is usual.
  const usual = mixes.map((mix, i) => mixDistance(mix, meanMix(mixes.toSpliced(i, 1))));
  const { mean: center, reach } = spreadOf(usual, FLOOR.mix);
  const typical = meanMix(mixes);
  const distance = mixDistance(current, typical);
  if (distance <= center + reach) return;
  const move = largestMove(current, typical);
  yield remarkable(
    `${name}.learned_mix`,
    `a mix of values within ${percent(Math.min(center + reach, 1))} of the usual one`,
    `${percent(distance)} away from it; most of all "${move.value.slice(0, 60)}": ${percent(move.now)} instead of ${percent(move.before)}`,
    '',
    peers,
  );
}

function remarkable(
  rule: string,
  expected: string,
  found: string,
  unit: string,
  peers: readonly AcceptedPart[],
): Violation {
  return fileViolation(
    rule,
    `${expected}${unit === '' ? '' : ` ${unit}`}, as in ${peers.length} accepted parts before`,
    found,
    'Find out whether the source has changed. If the change is genuine, nothing needs to be done: it is learned with the next parts.',
  );
}

const range = ({ mean: center, reach }: Spread, print: (value: number) => string): string =>
  `${print(center - reach)} to ${print(center + reach)}`;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const round = (value: number): string => String(Math.max(Math.round(value), 0));
const significant = (value: number): string => String(Number(value.toPrecision(4)));
