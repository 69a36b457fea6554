import { measureWindow } from '../../core/monitoring/measure-window.ts';
import { windowMetrics } from '../../core/monitoring/window-metrics.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep(
  'measureWindow',
  async ({ time, spec, key }, { data, models, metrics, record }) => {
    const measurement = await measureWindow({ data, models, spec, time, ...(key !== undefined && { key }) });
    const values = windowMetrics(measurement);
    if (Object.keys(values).length > 0) metrics(values);
    const { window, measured } = measurement;
    // A part without anything to compare is the rule at the start; on a schedule, silence would look like health.
    if (measured || key === undefined) await record('measured', measurement.summary, { window, measured });
    return { window, measured };
  },
);
