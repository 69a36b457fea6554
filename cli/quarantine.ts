import { canBeOverridden } from '../core/data/upload/release/apply-override.ts';
import {
  findQuarantined,
  listQuarantined,
  type QuarantinedFile,
} from '../core/data/upload/release/quarantined-files.ts';
import { releaseQuarantined } from '../core/data/upload/release/release-quarantined.ts';
import type { Violation } from '../core/data/upload/verdict.ts';
import { deliveryFacts } from '../core/insights/delivery-facts.ts';
import { readableTime } from '../core/insights/readable.ts';
import { type Answer, type Command, type Invocation, UsageError } from './command.ts';
import { describeDelivery } from './describe-delivery.ts';
import { modelArgument } from './model-argument.ts';
import { outputsOf } from './outputs.ts';
import { section, table } from './table.ts';

export const quarantine: Command = {
  summary:
    'the files that were not accepted; release judges one again or, with a reason, accepts it all the same',
  usage: 'list MODEL | show MODEL ID | release MODEL ID [--reason TEXT] [--as NAME] [--time ISO]',
  options: {
    reason: { type: 'string' },
    as: { type: 'string' },
    time: { type: 'string' },
  },
  run(invocation) {
    const [action = '', ...rest] = invocation.positionals;
    const run = { list, show, release }[action];
    if (run === undefined) {
      throw new UsageError(`quarantine takes list, show or release, not "${action}"`);
    }
    return run({ ...invocation, positionals: rest });
  },
};

async function list({ positionals, deployment }: Invocation): Promise<Answer> {
  const model = await modelArgument(positionals, deployment);
  const { data } = await deployment.stores();
  const files = await listQuarantined(data, model);
  const rows = files.map(({ id, report: { table: name, file, time, rows, reasons }, state: now }) => [
    ...[id, now, file, name, readableTime(time), rows.rejected],
    reasons.map(({ rule }) => rule).join(' '),
  ]);
  const headings = ['id', 'state', 'file', 'table', 'uploaded', 'rows rejected', 'broken rules'];
  return { facts: { model, files }, text: table(headings, rows) };
}

async function show(invocation: Invocation): Promise<Answer> {
  const { model, id } = await fileArgument(invocation);
  const { data } = await invocation.deployment.stores();
  const file = await findQuarantined(data, model, id);
  return { facts: file, text: describe(file) };
}

async function release(invocation: Invocation): Promise<Answer> {
  const { model, id } = await fileArgument(invocation);
  const { option, deployment } = invocation;
  const reason = option('reason');
  // Nothing is started for an id that does not exist.
  await findQuarantined((await deployment.stores()).data, model, id);
  const actor = option('as') ?? (await deployment.actor());
  return deployment.session(option('time'), async ({ stores, now: since, put }) => {
    const { bytes, incoming } = await releaseQuarantined({
      ...stores,
      model,
      id,
      time: since.toISOString(),
      actor,
      reason: reason ?? 'to be judged by the contract as it is now',
      override: reason !== undefined,
    });
    await using object = await stores.data.materialize(bytes);
    await put(incoming, object.path);
    const facts = await deliveryFacts({ ...stores, model, since });
    const outputs = await outputsOf(stores, facts);
    const broken = facts.quarantined.flatMap(({ reasons }) => reasons.map(({ rule }) => rule));
    const guards = reason === undefined ? [] : broken.filter(rule => !canBeOverridden(rule));
    return {
      facts: { ...facts, outputs },
      text: [describeDelivery(facts, outputs), ...(guards.length > 0 ? [unreleased(guards)] : [])].join(
        '\n\n',
      ),
      refused: facts.quarantined.length > 0 || facts.failures.length > 0,
    };
  });
}

const unreleased = (guards: readonly string[]): string =>
  `Not released: no reason can override ${[...new Set(guards)].join(', ')}, for values would be lost or made up. Correct ` +
  'the file, or the contract.';

async function fileArgument({ positionals: [model, id, extra], deployment }: Invocation): Promise<{
  model: string;
  id: string;
}> {
  const name = await modelArgument(model === undefined ? [] : [model], deployment);
  if (id === undefined) throw new UsageError(`Name a file by its id: antei quarantine list ${name}`);
  if (extra !== undefined) throw new UsageError(`"${extra}" is not expected here`);
  return { model: name, id };
}

function describe({ id, report, release: decision, state }: QuarantinedFile): string {
  const { file, table: name, time, rows, reasons, warnings, sha256 } = report;
  const facts = [
    ['file', file],
    ['table', name],
    ['uploaded', readableTime(time)],
    ['state', state],
    ['rows', `${rows.read} read, ${rows.accepted} accepted, ${rows.rejected} rejected`],
    ['sha256', sha256],
    ...(decision === undefined
      ? []
      : [['decision', `${decision.actor}, ${readableTime(decision.time)}: ${decision.reason}`]]),
  ];
  const parts = [section(id, table(['', ''], facts))];
  if (reasons.length > 0) parts.push(section('Broken rules', violationTable(reasons)));
  if (warnings.length > 0) parts.push(section('Warnings', violationTable(warnings)));
  return parts.join('\n\n');
}

const violationTable = (violations: readonly Violation[]): string =>
  table(
    ['rule', 'expected', 'found', 'first rows'],
    violations.map(({ rule, expected, found, examples }) => [
      ...[rule, expected, found],
      examples
        .slice(0, 5)
        .map(({ row }) => row)
        .join(', '),
    ]),
  );
