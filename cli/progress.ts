import { styleText } from 'node:util';
import { plainCause } from '../core/telemetry/failure-cause.ts';
import type { CloudEvent } from '../local/cloud-event.ts';
import { printable } from './printable.ts';
import { workflowName } from './workflow-name.ts';

type Style = Parameters<typeof styleText>[0];

/** stderr carries the progress, so that stdout stays the answer; `styleText` drops colours where it is no terminal. */
const paint = (style: Style, text: string): string => styleText(style, text, { stream: process.stderr });

/** A heading between the lines of progress. */
export function printHeading(text: string): void {
  process.stderr.write(`\n${paint('bold', text)}\n`);
}

/** Writes one line for each thing that happens in the embedded cloud. */
export function printProgress(event: CloudEvent): void {
  const text = describe(event);
  if (text === undefined) return;
  const clock = event.time.toISOString().slice(0, 16).replace('T', ' ');
  process.stderr.write(`${paint('dim', clock)}  ${text}`.trimEnd().concat('\n'));
}

const WIDTH = 12;
const source = (name: string): string => paint('cyan', name.padEnd(WIDTH));
/** Choices and the like take no time worth telling. */
const took = (seconds: number): string => (seconds < 0.05 ? '' : paint('dim', `${seconds.toFixed(1)} s`));
const item = ({ index }: { readonly index?: number }): string =>
  index === undefined ? '' : ` #${index + 1}`;

/** undefined for what is no news: a state's end says more than its beginning. */
function describe(event: CloudEvent): string | undefined {
  switch (event.kind) {
    case 'execution-started':
      return `${source(workflowName(event.machine))}${paint('bold', 'started')}`;
    case 'execution-ended':
      return event.error === undefined
        ? `${source(workflowName(event.machine))}${paint('bold', 'ended')}  ${took(event.seconds)}`
        : `${source(workflowName(event.machine))}${paint('red', `failed: ${event.error.name}: ${printable(plainCause(event.error.cause))}`)}`;
    case 'state-entered':
      return undefined;
    case 'state-succeeded':
      return `${source(workflowName(event.machine))}${paint('green', '✓')} ${event.state}${item(event)}  ${took(event.seconds)}`;
    case 'state-failed':
      return `${source(workflowName(event.machine))}${paint('red', '✗')} ${event.state}${item(event)}  ${event.error}: ${printable(plainCause(event.cause))}`;
    case 'state-retried':
      return `${source(workflowName(event.machine))}${paint('yellow', '↻')} ${event.state}${item(event)}  attempt ${event.attempt}`;
    case 'object-created':
      return `${source('object')}${printable(event.key)}  ${paint('dim', `${event.size} bytes`)}`;
    case 'answer-awaited':
      return `${source('waiting')}${event.state}: a person decides`;
    case 'schedule-fired':
      return `${source('schedule')}${event.schedule}`;
    case 'alarm-changed':
      return `${source('alarm')}${event.alarm}: ${paint(event.to === 'ALARM' ? 'red' : 'green', event.to)}`;
    case 'message-published':
      return `${source('message')}${event.subject} → ${event.endpoints.join(', ') || 'nobody'}`;
  }
}
