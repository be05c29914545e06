import { BackupTargetUnavailable } from '../../ports/backup/backup-target.js';

/** @throws BackupTargetUnavailable for a bucket or an upload that is not there */
export function found(answer: Response): Response {
  void answer.body?.cancel().catch(() => undefined);
  if (answer.status === 404)
    throw new BackupTargetUnavailable('the target of backups has no such bucket or upload');
  return answer;
}

/** The text of the first element of this name. @throws BackupTargetUnavailable when there is none */
export function textOf(xml: string, element: string): string {
  const [, text] = new RegExp(`<${element}>([^<]+)</${element}>`).exec(xml) ?? [];
  if (text === undefined) throw new BackupTargetUnavailable(`the target of backups gave no ${element}`);
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
