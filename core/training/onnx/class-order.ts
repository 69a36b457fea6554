/**
 * Index of the class that each column of a model's probabilities is about. Trainers put classes that are numbers in
 * the order of their values, and all others in that of their texts, as the question has them.
 */
export function columnOrder(classes: readonly string[]): number[] {
  const order = classes.map((_, i) => i);
  const values = classes.map(name => (name.trim() === '' ? Number.NaN : Number(name)));
  return values.every(Number.isFinite) ? order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0)) : order;
}
