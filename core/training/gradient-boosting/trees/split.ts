/** Sums over the examples of a node. */
export interface Totals {
  readonly gradient: number;
  readonly hessian: number;
  readonly weight: number;
}

/** A question that divides a node. */
export interface Split {
  /** What the loss falls by, twice. */
  readonly gain: number;
  readonly feature: number;
  /** By bin, 1 for those that go left; 256 elements, the bin of missing values among them. */
  readonly goesLeft: Uint8Array;
  readonly question:
    | { readonly kind: 'threshold' /** The last bin of values that goes left. */; readonly last: number }
    | { readonly kind: 'categories' };
  readonly left: Totals;
  readonly right: Totals;
}

/** What a split must leave on both sides, and how its gain is reckoned. */
export interface SplitRules {
  readonly l2: number;
  /** Above 0. */
  readonly minWeight: number;
  /** Above 0. */
  readonly minHessian: number;
}

export const minus = (a: Totals, b: Totals): Totals => ({
  gradient: a.gradient - b.gradient,
  hessian: a.hessian - b.hessian,
  weight: a.weight - b.weight,
});

/** Twice the loss that a leaf with its best value saves: G² / (H + λ). Chen and Guestrin 2016, equation 6. */
export const scoreOf = (gradient: number, hessian: number, l2: number): number =>
  (gradient * gradient) / (hessian + l2);

/** The best value of a leaf: −G / (H + λ), the Newton step. Chen and Guestrin 2016, equation 5. */
export const newtonStep = ({ gradient, hessian }: Totals, l2: number): number => -gradient / (hessian + l2);

/** Share of a sum below which it is what the rounding of additions and subtractions left over. */
const ROUNDING = 1e-9;

/** Whether a node has anything of this weight, or only the rounding of sums. */
export const isWeight = (weight: number, node: Totals): boolean => weight > ROUNDING * node.weight;

/**
 * The gain of dividing a node into a left side and the rest of it, 0 where the rules forbid it or where the sides do
 * not differ by more than rounding. Takes bare numbers: it is called for every bin.
 */
export function gainOf(
  leftGradient: number,
  leftHessian: number,
  leftWeight: number,
  node: Totals,
  rules: SplitRules,
): number {
  const rightHessian = node.hessian - leftHessian;
  const rightWeight = node.weight - leftWeight;
  if (leftWeight < rules.minWeight || rightWeight < rules.minWeight) return 0;
  if (leftHessian < rules.minHessian || rightHessian < rules.minHessian) return 0;
  const sides =
    scoreOf(leftGradient, leftHessian, rules.l2) +
    scoreOf(node.gradient - leftGradient, rightHessian, rules.l2);
  const gain = sides - scoreOf(node.gradient, node.hessian, rules.l2);
  return gain > ROUNDING * sides ? gain : 0;
}
