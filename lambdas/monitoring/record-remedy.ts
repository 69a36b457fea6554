import { ALARMS, incidentAlarmOf } from '../../core/monitoring/alarm-names.ts';
import { DONE, remedyNotice } from '../../core/monitoring/remedies/remedy-notice.ts';
import { readProduction } from '../../core/registry/production.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep(
  'recordRemedy',
  async ({ time, spec, alarm: name, reason, remedy, because }, { models, record }) => {
    const alarm = incidentAlarmOf(spec.name, name);
    await record('remedied', `${ALARMS[alarm]}: ${DONE[remedy]}. ${because}`, { alarm, remedy });
    const standing = await readProduction(models, spec.name);
    const { roles, ...text } = remedyNotice({
      ...{ model: spec.name, alarm, time, reason, remedy, because, standing },
    });
    return { roles: [...roles], ...text };
  },
);
