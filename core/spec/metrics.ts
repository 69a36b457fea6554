/** The kinds of task that a spec may state. */
export const TASKS = ['forecasting', 'regression', 'classification'] as const;
export type Task = (typeof TASKS)[number];

interface MetricFacts {
  /** Its name as the literature writes it. */
  readonly label: string;
  /** Which way is better. */
  readonly better: 'lower' | 'higher';
  readonly tasks: readonly Task[];
  /** Whether it is a fraction that people read in percent. */
  readonly share?: true;
}

/**
 * Every metric that a gate or monitoring may name. What each measures is said where it is computed, in
 * `core/evaluation`.
 */
export const METRICS = {
  mase: { label: 'MASE', better: 'lower', tasks: ['forecasting'] },
  smape: { label: 'sMAPE', better: 'lower', tasks: ['forecasting'], share: true },
  wape: { label: 'WAPE', better: 'lower', tasks: ['forecasting'], share: true },
  rmse: { label: 'RMSE', better: 'lower', tasks: ['forecasting', 'regression'] },
  mae: { label: 'MAE', better: 'lower', tasks: ['regression'] },
  r2: { label: 'R²', better: 'higher', tasks: ['regression'] },
  quantile_loss: { label: 'quantile loss', better: 'lower', tasks: ['regression'] },
  auc: { label: 'AUC', better: 'higher', tasks: ['classification'] },
  log_loss: { label: 'log loss', better: 'lower', tasks: ['classification'] },
  brier: { label: 'Brier score', better: 'lower', tasks: ['classification'] },
  f1: { label: 'F1', better: 'higher', tasks: ['classification'] },
} as const satisfies Record<string, MetricFacts>;

export type MetricName = keyof typeof METRICS;

const isMetricName = (name: string): name is MetricName => Object.hasOwn(METRICS, name);

/** Every metric's name. */
export const METRIC_NAMES: readonly MetricName[] = Object.keys(METRICS).filter(isMetricName);

/** Names of the metrics of a task, the usual one first. */
export const metricsOf = (task: Task): MetricName[] =>
  METRIC_NAMES.filter(name => factsOf(name).tasks.includes(task));

/** Which way a metric is better. */
export const directionOf = (metric: MetricName): MetricFacts['better'] => METRICS[metric].better;

/** Whether one value of a metric is strictly better than another. */
export const isBetter = (metric: MetricName, value: number, other: number): boolean =>
  directionOf(metric) === 'lower' ? value < other : value > other;

const factsOf = (metric: MetricName): MetricFacts => METRICS[metric];

/** The facts of a metric by any name, undefined for a measure that no gate can name. */
export const metricFacts = (name: string): MetricFacts | undefined =>
  isMetricName(name) ? factsOf(name) : undefined;
