import type { Cost } from './measure.ts';

/** A line of the report. */
export type Row = [what: string, measured: string, mark: string, met: string];

/** A measure that has a mark to keep. */
export const atMost = (what: string, value: number, mark: number, unit: string): Row => [
  what,
  `${value.toFixed(2)} ${unit}`,
  `at most ${mark} ${unit}`,
  value <= mark ? 'met' : 'MISSED',
];

/** What something cost, without a mark. */
export const plain = (what: string, { seconds, peak }: Cost): Row => [
  what,
  `${seconds.toFixed(2)} s, ${peak.toFixed(0)} MB`,
  '',
  '',
];
