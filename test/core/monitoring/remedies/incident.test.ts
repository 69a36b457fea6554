import { describe, expect, test } from 'vitest';
import { closeIncident, openIncident } from '../../../../core/monitoring/remedies/incident.ts';
import { temporaryStores } from '../../../support/forecasting-loop.ts';
import { fc } from '../../../support/properties.ts';

const at = (hour: number): string => `2026-03-01T${String(hour).padStart(2, '0')}:00:00Z`;
const notify = async () => ({ remedy: 'notify', because: 'the spec says so', leave: null }) as const;

const incidentOf = () => {
  const { models } = temporaryStores();
  const change = (hour: number) => ({ models, model: 'm', alarm: 'drift', time: at(hour) }) as const;
  return {
    open: (hour: number) => openIncident(change(hour), `hour ${hour}`, notify),
    close: (hour: number) => closeIncident(change(hour)),
  };
};

describe('an incident', () => {
  test('is opened by an alarm that goes off, and closed when it is over', async () => {
    const { open, close } = incidentOf();
    const opened = { openedAt: at(1), reason: 'hour 1', ...(await notify()), closedAt: null };
    expect(await open(1)).toEqual(opened);
    expect(await close(2)).toEqual({ ...opened, closedAt: at(2) });
    expect(await open(3)).toMatchObject({ openedAt: at(3), closedAt: null });
  });

  test('a change that is delivered twice gives the same answer', async () => {
    const { open, close } = incidentOf();
    expect(await open(1)).toEqual(await open(1));
    expect(await close(2)).toEqual(await close(2));
  });

  test('an open one is not opened again', async () => {
    const { open } = incidentOf();
    await open(1);
    expect(await open(2)).toBeUndefined();
  });

  test('there is nothing to close where none is open, or where it was opened later', async () => {
    const { open, close } = incidentOf();
    expect(await close(1)).toBeUndefined();
    await open(3);
    expect(await close(2)).toBeUndefined();
    await close(4);
    expect(await close(5)).toBeUndefined();
  });

  test('an alarm that is delivered after it was over opens nothing', async () => {
    const { open, close } = incidentOf();
    await open(1);
    await close(3);
    expect(await open(1)).toBeUndefined();
    expect(await open(2)).toBeUndefined();
  });

  test('an alarm that is delivered only after its end, of which nobody knew, opens nothing', async () => {
    const { open, close } = incidentOf();
    expect(await close(2)).toBeUndefined();
    expect(await open(1)).toBeUndefined();
    expect(await open(3)).toMatchObject({ openedAt: at(3) });
  });

  test('an end that is delivered after the alarm went off again is none', async () => {
    const { open, close } = incidentOf();
    const opened = await open(1);
    expect(await open(3)).toBeUndefined();
    expect(await close(2)).toBeUndefined();
    expect(await close(4)).toEqual({ ...opened, closedAt: at(4) });
  });

  test('is open at the end exactly if the alarm is on, however its changes are delivered', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }).chain(count => {
          // On at odd hours, over at even ones; each delivered at least once, in any order.
          const hours = Array.from({ length: count }, (_, i) => i + 1);
          const repeated = fc.array(fc.constantFrom(...hours), { maxLength: 4 });
          return repeated.chain(more => {
            const all = [...hours, ...more];
            return fc.shuffledSubarray(all, { minLength: all.length });
          });
        }),
        async hours => {
          const { open, close } = incidentOf();
          for (const hour of hours) await (hour % 2 === 1 ? open(hour) : close(hour));
          const isOn = Math.max(...hours) % 2 === 1;
          // Whatever is open is closed by an end that comes after all.
          expect((await close(23)) !== undefined).toBe(isOn);
        },
      ),
      { numRuns: 80 },
    );
  });

  test('of fifty deliveries at once one opens it, and all of the same moment know it', async () => {
    const { open } = incidentOf();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => open(1 + (i % 5))));
    const opened = new Set(answers.flatMap(answer => (answer === undefined ? [] : [answer.openedAt])));
    expect(opened.size).toBe(1);
    expect(answers.filter(answer => answer !== undefined)).toHaveLength(10);
  });

  test('in whatever order changes are repeated, open and closed alternate and time does not run backwards', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ hour: fc.integer({ min: 0, max: 23 }), opens: fc.boolean() }), {
          maxLength: 20,
        }),
        async changes => {
          const { open, close } = incidentOf();
          let lastClosed = '';
          for (const { hour, opens } of changes) {
            const incident = await (opens ? open(hour) : close(hour));
            if (incident === undefined) continue;
            expect(incident.openedAt > lastClosed || incident.closedAt === lastClosed).toBe(true);
            if (incident.closedAt !== null) {
              expect(incident.closedAt >= incident.openedAt).toBe(true);
              lastClosed = incident.closedAt;
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
