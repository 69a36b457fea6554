import { driftedWindows } from '../../core/monitoring/drifted-windows.ts';
import { measureWindow } from '../../core/monitoring/measure-window.ts';
import { windowMetrics } from '../../core/monitoring/window-metrics.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep(
  'measureWindow',
  async ({ time, spec, key }, { data, models, metrics, record }) => {
    const measurement = await measureWindow({ data, models, spec, time, ...(key !== undefined && { key }) });
    const drifted = await driftedWindows(models, measurement);
    const values = {
      ...windowMetrics(measurement),
      ...(drifted !== undefined && { DriftedWindows: drifted }),
    };
    if (Object.keys(values).length > 0) metrics(values);
    const { window, measured } = measurement;
    // A part without anything to compare is the rule at the start; on a schedule, silence would look like health.
    if (measured || key === undefined) await record('measured', measurement.summary, { window, measured });
    return { window, measured };
  },
);
