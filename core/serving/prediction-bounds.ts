import { type Calibration, intervalAround, LEVELS } from '../training/conformal.ts';

/** Columns of intervals, by what is in them. */
export type BoundName = `${'lower' | 'upper'}_${(typeof LEVELS)[number]}`;

/** The bounds of the intervals around the predictions of a regression, by name; nothing without a calibration. */
export function boundsOf(
  calibration: Calibration | null,
  [predictions]: readonly Float64Array[],
  rows: number,
): [BoundName, Float64Array][] {
  if (calibration === null || predictions === undefined) return [];
  const around = { ahead: new Array<number>(rows).fill(1), spread: 1, floor: Number.NEGATIVE_INFINITY };
  return LEVELS.flatMap((level): [BoundName, Float64Array][] => {
    const { lower, upper } = intervalAround(predictions, calibration[level], around);
    return [
      [`lower_${level}`, lower],
      [`upper_${level}`, upper],
    ];
  });
}
