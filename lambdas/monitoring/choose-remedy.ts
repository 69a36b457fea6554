import { ALARMS, incidentAlarmOf } from '../../core/monitoring/alarm-names.ts';
import { chooseRemedy } from '../../core/monitoring/remedies/choose-remedy.ts';
import { closeIncident, openIncident } from '../../core/monitoring/remedies/incident.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep(
  'chooseRemedy',
  async ({ time, spec, alarm: name, state, reason }, { models, metrics, record }) => {
    const alarm = incidentAlarmOf(spec.name, name);
    const change = { models, model: spec.name, alarm, time };
    if (state === 'OK') {
      const closed = await closeIncident(change);
      if (closed !== undefined) {
        const seconds = (Date.parse(time) - Date.parse(closed.openedAt)) / 1000;
        metrics({ IncidentsClosed: 1 });
        await record('incident-closed', `${ALARMS[alarm]}: over`, {
          ...{ alarm, reason, openedAt: closed.openedAt, seconds },
        });
      }
      return { remedy: 'none', because: 'The alarm is over', leave: null };
    }
    const opened = await openIncident(change, reason, () => chooseRemedy({ models, spec, alarm, time }));
    if (opened === undefined)
      return { remedy: 'none', because: 'The alarm has an incident already', leave: null };
    metrics({ IncidentsOpened: 1 });
    const { remedy, because, leave } = opened;
    await record('incident-opened', `${ALARMS[alarm]}: ${reason}`, { alarm, reason, remedy });
    return { remedy, because, leave };
  },
);
