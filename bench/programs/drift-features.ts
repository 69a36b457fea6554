/** The features that `drift-prepare` generates. */
export const DRIFT_FEATURES = [
  ...(['bell', 'skewed', 'even', 'whole', 'holes'] as const).map(name => ({ name, kind: 'number' }) as const),
  ...(['few', 'many', 'binary'] as const).map(name => ({ name, kind: 'category' }) as const),
];
