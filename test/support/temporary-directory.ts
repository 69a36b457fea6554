import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A fresh directory that is gone when the test is done. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'antei-test-'));
  // What was stopped in the middle of its work may still finish a file.
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 10 }));
  return path;
}
