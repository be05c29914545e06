import { asvs } from './asvs.js';
import { checklist } from './checklist.js';
import { enterprise } from './enterprise.js';
import { guide } from './guide.js';
import { apiTop10, cisDocker } from './standards.js';
import type { SourceDocument } from './source-document.js';

/** The documents that the service fulfils, line by line, and the requirements of standards that an audit can see. */
export const sourceDocuments: readonly SourceDocument[] = [
  guide,
  checklist,
  enterprise,
  asvs,
  apiTop10,
  cisDocker,
];
