import { type CostLine, type Costs, sum } from './estimate-costs.ts';
import { PRICES_OF } from './prices.ts';

/** The estimate as a table in Markdown. */
export function describeCosts(costs: Costs): string {
  const idle = [...costs.idlePlatform, ...costs.idleModel];
  const sections: readonly [string, readonly CostLine[]][] = [
    ['a month, idle: the platform', costs.idlePlatform],
    ['a month, idle: each model', costs.idleModel],
    ['an upload, from file to production', costs.upload],
    ['1,000 online predictions', costs.thousandPredictions],
    ['elsewhere, a month, idle', costs.alternatives],
  ];
  const rows = sections.flatMap(([title, lines]) => [
    `| **${title}** | **${dollars(sum(lines.map(line => line.dollars)))}** |`,
    ...lines.map(line => `| ${line.what} | ${dollars(line.dollars)} |`),
  ]);
  const elsewhere = sum(costs.alternatives.map(line => line.dollars));
  return [
    `| ${PRICES_OF} | dollars |`,
    '|---|--:|',
    ...rows,
    '',
    `One idle model: ${dollars(sum(idle.map(line => line.dollars)))} dollars a month here, ${dollars(elsewhere)} elsewhere.`,
  ].join('\n');
}

/** Two significant digits, and cents at least. */
const dollars = (value: number): string =>
  value >= 0.1 || value === 0 ? value.toFixed(2) : value.toFixed(1 - Math.floor(Math.log10(value)));
