/** Forecasts that are made or were to be made: element i of each array belongs to moment i. */
export interface Moments {
  /** Index of the series. */
  readonly series: Int32Array;
  /** Step of the first value that is not known. */
  readonly origin: Int32Array;
  /** Step that is forecast; `origin` or later. */
  readonly target: Int32Array;
}

export type Moment = { readonly [Name in keyof Moments]: number };

export const momentsOf = (list: readonly Moment[]): Moments => ({
  series: Int32Array.from(list, ({ series }) => series),
  origin: Int32Array.from(list, ({ origin }) => origin),
  target: Int32Array.from(list, ({ target }) => target),
});

/** Moments whose target is before a step, and the others. */
export function splitByTarget(moments: Moments, step: number): [before: Moments, from: Moments] {
  const only = (isIn: (target: number) => boolean): Moments => {
    const pick = (values: Int32Array): Int32Array => values.filter((_, i) => isIn(moments.target[i] ?? 0));
    return { series: pick(moments.series), origin: pick(moments.origin), target: pick(moments.target) };
  };
  return [only(target => target < step), only(target => target >= step)];
}
