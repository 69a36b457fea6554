import { type Command, UsageError } from './command.ts';
import { examine, type Finding } from './doctor/examine.ts';
import { localChecks } from './doctor/local-checks.ts';
import { printable } from './printable.ts';
import { styled } from './table.ts';

export const doctor: Command = {
  summary: 'looks whether all is there that the target needs, and says what to do about what is not',
  usage: '',
  async run({ positionals, target, state, models, option }) {
    if (positionals.length > 0)
      throw new UsageError('doctor takes no argument; --target says what it looks at');
    const checks =
      target === 'aws'
        ? (await import('./doctor/aws-checks.ts')).awsChecks({ environment: option('env'), models })
        : localChecks({ state, models });
    const findings = await examine(checks);
    return {
      facts: { target, findings },
      text: findings.map(described).join('\n'),
      refused: findings.some(({ status }) => status !== 'right'),
    };
  },
};

function described({ name, status, found, advice }: Finding): string {
  const mark = {
    right: styled('green', '✓'),
    wrong: styled('red', '✗'),
    'not looked at': styled('dim', '·'),
  };
  const line = `${mark[status]} ${name}: ${printable(found)}`;
  return advice === undefined ? line : `${line}\n    ${advice}`;
}
