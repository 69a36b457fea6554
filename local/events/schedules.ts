import { join } from 'node:path';
import * as z from 'zod';
import { identityOf } from '../../core/storage/digest.ts';
import { messageOf } from '../../core/telemetry/errors.ts';
import { UnsupportedError } from '../errors.ts';
import { readJsonFile, writeAtomically } from '../state/atomic-file.ts';
import type { Delivery } from '../state/deliveries.ts';
import type { Resources } from '../template/resources.ts';
import { eventTime } from './event.ts';
import { ruleDeliveries } from './rules.ts';
import { parseSchedule, type Schedule } from './schedule-expression.ts';

interface Timer {
  readonly name: string;
  readonly schedule: Schedule;
  readonly starts?: Date;
  readonly ends?: Date;
  readonly deliveries: (due: Date) => Delivery[];
}

interface Declared {
  readonly place: string;
  readonly arn: string;
  readonly name: string;
  readonly expression: string;
  readonly starts?: Date;
  readonly ends?: Date;
  readonly deliveries: (due: Date) => Delivery[];
}

export interface Occurrence {
  readonly name: string;
  readonly due: Date;
  readonly deliveries: readonly Delivery[];
}

/** From which moment each schedule counts: a rate begins when the schedule comes into being. */
const anchorsSchema = z.record(
  z.string(),
  z.strictObject({ expression: z.string(), since: z.iso.datetime() }),
);

/** Scheduled rules and schedules. */
export class Schedules {
  readonly #timers: readonly Timer[];

  private constructor(timers: readonly Timer[]) {
    this.#timers = timers;
  }

  /**
   * @param state The state directory; remembers since when each schedule exists.
   * @throws UnsupportedError for an expression that cannot be read.
   */
  static async open(resources: Resources, state: string, now: Date): Promise<Schedules> {
    const path = join(state, 'schedules.json');
    const known = (await readJsonFile(path, anchorsSchema)) ?? {};
    const anchors: z.output<typeof anchorsSchema> = {};
    const problems: string[] = [];
    const timers = [...scheduledRules(resources), ...schedules(resources)].flatMap((declared): Timer[] => {
      const { expression, starts } = declared;
      const before = known[declared.arn];
      // A changed expression makes a new schedule.
      const since = before?.expression === expression ? before.since : now.toISOString();
      anchors[declared.arn] = { expression, since };
      try {
        return [{ ...declared, schedule: parseSchedule(expression, starts ?? new Date(since)) }];
      } catch (error) {
        problems.push(`${declared.place}: ScheduleExpression: ${messageOf(error)}`);
        return [];
      }
    });
    if (problems.length > 0) throw new UnsupportedError(problems);
    await writeAtomically(path, `${JSON.stringify(anchors, null, 2)}\n`);
    return new Schedules(timers);
  }

  /** What falls due first after `time`: every schedule of that moment, or nothing. */
  next(time: Date): Occurrence[] {
    const due = this.#timers.flatMap(timer => {
      const { starts, ends, schedule } = timer;
      // A schedule that starts at a moment may also be due at it.
      const from = starts !== undefined && starts > time ? new Date(starts.getTime() - 1) : time;
      const moment = schedule.next(from);
      return moment === undefined || (ends !== undefined && moment > ends) ? [] : [{ timer, moment }];
    });
    const first = Math.min(...due.map(({ moment }) => moment.getTime()));
    return due
      .filter(({ moment }) => moment.getTime() === first)
      .map(({ timer, moment }) => ({ name: timer.name, due: moment, deliveries: timer.deliveries(moment) }));
  }
}

function scheduledRules(resources: Resources): Declared[] {
  return resources.of('AWS::Events::Rule').flatMap((rule): Declared[] => {
    const { ScheduleExpression: expression, State } = rule.properties;
    if (expression === undefined || State === 'DISABLED') return [];
    return [
      {
        place: rule.place,
        arn: rule.arn,
        name: rule.name,
        expression,
        deliveries: due =>
          ruleDeliveries(rule, {
            version: '0',
            id: identityOf([rule.arn, due.toISOString()]),
            'detail-type': 'Scheduled Event',
            source: 'aws.events',
            account: rule.account,
            time: eventTime(due),
            region: rule.region,
            resources: [rule.arn],
            detail: {},
          }),
      },
    ];
  });
}

function schedules(resources: Resources): Declared[] {
  return resources.of('AWS::Scheduler::Schedule').flatMap(({ place, arn, name, properties }): Declared[] => {
    const { ScheduleExpression: expression, StartDate, EndDate, State, Target } = properties;
    if (State === 'DISABLED') return [];
    return [
      {
        place,
        arn,
        name,
        expression,
        ...(StartDate === undefined ? {} : { starts: new Date(StartDate) }),
        ...(EndDate === undefined ? {} : { ends: new Date(EndDate) }),
        deliveries: due => {
          const id = identityOf([arn, due.toISOString()]);
          const attributes: Readonly<Record<string, string>> = {
            'aws.scheduler.scheduled-time': eventTime(due),
            'aws.scheduler.schedule-arn': arn,
            'aws.scheduler.execution-id': id,
            'aws.scheduler.attempt-number': '1',
          };
          const input = (Target.Input ?? '{}').replace(
            /<(aws\.scheduler\.[a-z-]+)>/g,
            (all, attribute: string) => (attributes[attribute] === undefined ? all : attributes[attribute]),
          );
          return [{ id, target: Target.Arn, input: jsonOrText(input), time: eventTime(due) }];
        },
      },
    ];
  });
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
