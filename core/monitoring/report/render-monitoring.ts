import { html, page } from '../../insights/html.ts';
import type { MonitoringRecord } from '../monitoring-record.ts';
import { adviceOf } from './advice.ts';
import { DRIFT_STYLE, driftSection } from './drift-section.ts';
import { factsSection } from './facts-section.ts';
import { historySection } from './history-section.ts';
import { performanceSection } from './performance-section.ts';

/**
 * A measured window as a page that stands alone. Equal records give equal text.
 * @param before Windows before it, in the order of time.
 */
export function renderMonitoring(record: MonitoringRecord, before: readonly MonitoringRecord[]): string {
  const advice = adviceOf(record);
  return page({
    title: `${record.model}: production, watched`,
    style: DRIFT_STYLE,
    body: html`<p class="lead">${record.summary}.</p>
<p class="soft">Window ${record.window}.</p>
${advice.length === 0 ? '' : html`<h2>What to do</h2>\n<ul>${advice.map(sentence => html`<li>${sentence}</li>\n`)}</ul>\n`}
${record.measured ? performanceSection(record) : ''}
${record.drift === undefined ? '' : driftSection(record.drift)}
${historySection([...before, record])}
${factsSection(record)}`,
  });
}
