/** What a model sees of a feature. */
export type FeatureKind = 'number' | 'category';

const NUMBER = /^(BOOLEAN|U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))$/;
const CATEGORY = /^(VARCHAR|ENUM\(.*\)|UUID)$/;

/** The kind of a DuckDB type; undefined for types that are neither a quantity nor a name, such as timestamps. */
export function kindOfType(type: string): FeatureKind | undefined {
  if (NUMBER.test(type)) return 'number';
  return CATEGORY.test(type) ? 'category' : undefined;
}

/** SQL that casts to what the dataset holds of a kind: DOUBLE, with 0 and 1 for false and true, or VARCHAR. */
export const castTo = (kind: FeatureKind, sql: string): string =>
  kind === 'number' ? `${sql}::DOUBLE` : `${sql}::VARCHAR`;

/** SQL of a feature as models see it, in training and in prediction. They know one missing value: null. */
export function featureSql(kind: FeatureKind, sql: string): string {
  const cast = castTo(kind, sql);
  return kind === 'number' ? `CASE WHEN isfinite(${cast}) THEN ${cast} END` : cast;
}
