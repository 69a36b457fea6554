import { styleText } from 'node:util';
import type { CloudEvent } from '../local/cloud-event.ts';

type Style = Parameters<typeof styleText>[0];

/** stderr carries the progress, so that stdout stays the answer; `styleText` drops colours where it is no terminal. */
const paint = (style: Style, text: string): string => styleText(style, text, { stream: process.stderr });

/** Writes one line per thing that happens in the embedded cloud. */
export function printProgress(event: CloudEvent): void {
  process.stderr.write(`${line(event)}\n`);
}

const at = (time: Date): string => paint('dim', time.toISOString().slice(0, 16).replace('T', ' '));
const seconds = (value: number): string => paint('dim', `${value.toFixed(1)} s`);
