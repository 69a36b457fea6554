import { expect, test } from 'vitest';
import { incidentsOf } from '../../../core/insights/incidents.ts';
import type { EventKind, RegistryEvent } from '../../../core/registry/events.ts';

const event = (
  day: number,
  kind: EventKind,
  summary: string,
  details: Record<string, unknown> = {},
): RegistryEvent => ({
  ...{ time: `2001-06-${day}T06:00:00Z`, model: 'm', kind, actor: 'workflow', summary, details },
});

test('an incident is told with its own remedy and its own end, also where alarms and days repeat', () => {
  const events = [
    event(19, 'incident-opened', 'Performance degraded: 1.2', { alarm: 'performance' }),
    event(19, 'incident-opened', 'Data drift: 2', { alarm: 'drift' }),
    event(19, 'rolled-back', 'Version 1 is in production again'),
    event(19, 'remedied', 'Performance degraded: rolled back', { alarm: 'performance' }),
    event(20, 'incident-closed', 'Performance degraded: over', {
      ...{ alarm: 'performance', openedAt: '2001-06-19T06:00:00Z', seconds: 86_400 },
    }),
    event(21, 'incident-opened', 'Performance degraded: 1.3', { alarm: 'performance' }),
    event(21, 'remedied', 'Performance degraded: the owners were told', { alarm: 'performance' }),
  ];
  expect(incidentsOf(events)).toEqual([
    {
      ...{ alarm: 'performance', openedAt: '2001-06-19T06:00:00Z', happened: 'Performance degraded: 1.2' },
      remedy: 'Performance degraded: rolled back',
      ...{ closedAt: '2001-06-20T06:00:00Z', seconds: 86_400 },
    },
    {
      ...{ alarm: 'drift', openedAt: '2001-06-19T06:00:00Z', happened: 'Data drift: 2', remedy: null },
      ...{ closedAt: null, seconds: null },
    },
    {
      ...{ alarm: 'performance', openedAt: '2001-06-21T06:00:00Z', happened: 'Performance degraded: 1.3' },
      remedy: 'Performance degraded: the owners were told',
      ...{ closedAt: null, seconds: null },
    },
  ]);
});
