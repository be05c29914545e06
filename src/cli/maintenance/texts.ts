import type { Outcome } from '../../features/maintenance/maintenance-task.js';
import type { MadeReport } from './make-reports.js';

const words: Readonly<Record<Outcome, string>> = {
  nothing_found: 'ok',
  found: 'LOOK',
  not_done: 'NOT DONE, due again',
};

/** Nothing that steers a terminal: what is counted may carry names from outside. */
const plain = (text: string): string => text.replaceAll(/[^\x20-\x7e…]/g, '?').slice(0, 300);

export function reportText({ task, report }: MadeReport): string {
  const lines = [
    `${report === null ? 'BY PEOPLE' : words[report.outcome]}  ${task.title} (${task.id})`,
    ...(report?.lines ?? []).map((line) => `    ${plain(line)}`),
    ...(report?.outcome === 'nothing_found' ? [] : [`    then: ${task.then}`]),
    ...(task.attests.length === 0 ? [] : [`    read it, then attest: ${task.attests.join(', ')}`]),
  ];
  return `${lines.join('\n')}\n`;
}

export const dueText = (
  rows: readonly { readonly task: string; readonly schedule: string; readonly last_done: string | null }[],
): string =>
  rows.length === 0
    ? 'nothing is overdue\n'
    : rows
        .map(
          ({ task, schedule, last_done: at }) =>
            `overdue: ${task} (${schedule}), ${at === null ? 'never done' : `last done ${at}`}\n`,
        )
        .join('');
