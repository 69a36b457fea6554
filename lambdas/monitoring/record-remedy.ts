import { ALARMS, incidentAlarmOf } from '../../core/monitoring/alarm-names.ts';
import { defineStep } from '../step.ts';

const DONE = {
  notify: 'the owners were told',
  retrain: 'training was started',
  rollback: 'production was rolled back',
} as const;

export const handler = defineStep(
  'recordRemedy',
  async ({ spec, alarm: name, remedy, because }, { record }) => {
    const alarm = incidentAlarmOf(spec.name, name);
    await record('remedied', `${ALARMS[alarm]}: ${DONE[remedy]}. ${because}`, { alarm, remedy });
    return {};
  },
);
