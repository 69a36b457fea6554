import { messageOf } from '../../core/telemetry/errors.ts';

/** One thing that must be right before Antei can work. */
export interface Check {
  readonly name: string;
  /** What is right, in a few words. Throws when it is not. */
  readonly look: () => Promise<string>;
  /** What to do when it is not right. */
  readonly advice: string;
}

/** What was found. */
export interface Finding {
  readonly name: string;
  readonly status: 'right' | 'wrong' | 'not looked at';
  readonly found: string;
  readonly advice?: string;
}

/** Something is not right, and there is more to say than the check's own advice. */
export class Ailment extends Error {
  override readonly name = 'Ailment';
  readonly advice: string;
  constructor(found: string, advice: string) {
    super(found);
    this.advice = advice;
  }
}

/** Looks at one thing after the other. What stands in a later group makes no sense while an earlier one is not right. */
export async function examine(groups: readonly (readonly Check[])[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const group of groups) {
    const ill = findings.find(({ status }) => status === 'wrong');
    for (const { name, look, advice } of group) {
      if (ill !== undefined) {
        findings.push({ name, status: 'not looked at', found: `first mend: ${ill.name}` });
        continue;
      }
      try {
        findings.push({ name, status: 'right', found: await look() });
      } catch (error) {
        const found = messageOf(error);
        findings.push({
          ...{ name, status: 'wrong', found },
          advice: error instanceof Ailment ? error.advice : advice,
        });
      }
    }
  }
  return findings;
}
