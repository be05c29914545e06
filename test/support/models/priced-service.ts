import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../process/project-root.js';

const compiled = (...path: string[]): string => join(projectRoot, 'dist', ...path);

/**
 * Starts the service from its single files, as `npm start` does, after its price table was given these credits for an answer: no setting
 * of the environment has them, and in the bundle the table is no file of its own.
 */
export function withAnswerPrices(byModel: Readonly<Record<string, number>>): readonly string[] {
  const table = pathToFileURL(compiled('config', 'policy', 'assistants', 'answer-credits.js')).href;
  const change = `import { answerPrices } from ${JSON.stringify(table)};
    for (const [model, credits] of Object.entries(${JSON.stringify(byModel)})) answerPrices.byModel.set(model, credits);`;
  return ['--import', `data:text/javascript,${encodeURIComponent(change)}`, compiled('src', 'main.js')];
}
