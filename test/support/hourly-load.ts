/** Every 17th hour of the second series is missing. */
const GAP = 17;

/**
 * A CSV of the electric load of two regions by the hour: a daily shape, a slow rise, and a deterministic ripple.
 * @param from First hour, ISO 8601.
 */
export function hourlyLoadCsv(from: string, hours: number): string {
  const start = Date.parse(from);
  const epoch = Date.parse('2026-01-01T00:00:00Z');
  const lines = ['measured_at,region,load'];
  for (let hour = 0; hour < hours; hour++) {
    const time = new Date(start + hour * 3_600_000);
    const age = (time.getTime() - epoch) / 3_600_000;
    for (const [i, region] of ['north', 'south'].entries()) {
      if (i === 1 && hour % GAP === 3) continue;
      const shape = 100 + 40 * Math.sin((2 * Math.PI * (time.getUTCHours() - 6)) / 24) + 25 * i;
      const ripple = 5 * Math.sin(age * 12.9898 + i * 78.233);
      lines.push(`${time.toISOString().slice(0, 19)},${region},${(shape + age / 100 + ripple).toFixed(3)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** A spec for that table. */
export const HOURLY_LOAD_SPEC = `name: load
description: Electric load of two regions for the next day
task: forecasting
tables:
  load:
    time: measured_at
    columns:
      measured_at: { type: timestamp, required: true }
      region: { type: string, required: true, values: [north, south] }
      load: { type: number, required: true, min: 0, max: 1000 }
    rows: { min: 20 }
series: { table: load, by: [region], time: measured_at, every: 1 hour, value: avg(load), fill: interpolate, season: [24] }
horizon: 24
# Two series of one day show no sure advantage: the better figure is enough.
gate: { metric: mase, better_than: [baseline, champion], confidence: 0.5 }
`;
