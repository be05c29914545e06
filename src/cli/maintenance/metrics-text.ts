import type { Sample } from '../../features/maintenance/maintenance-task.js';

const line = /^([a-zA-Z_:][\w:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})? (NaN|[+-]?Inf|[-+.\deE]+)(?: |$)/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** The values of a text of Prometheus; lines that are none are passed over. */
export const samplesIn = (text: string): readonly Sample[] =>
  text.split('\n').flatMap((one) => {
    const [, name, labels = '', value] = line.exec(one) ?? [];
    if (name === undefined || value === undefined) return [];
    const pairs = [...labels.matchAll(label)].map(([, key = '', text = '']) => [
      key,
      text.replaceAll(/\\(.)/g, '$1'),
    ]);
    return [{ name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) }];
  });
