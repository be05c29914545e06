import { controls } from './catalogue/controls.js';
import type { AuditTallyResponse, ControlResultResponse, ControlsResponse } from './controls.dto.js';
import type { MadeAudit } from './controls.repository.js';
import type { ControlsReport } from './controls.service.js';
import type { Result } from './judging/judge.js';

export const toControls = ({ at, lastAudit, auditDueAt, results }: ControlsReport): ControlsResponse => ({
  at: at.toISOString(),
  last_audit: lastAudit && toAudit(lastAudit),
  audit_due_at: auditDueAt.toISOString(),
  controls: results.map(toResult),
});

export const toResult = ({ id, status, evidence }: Result): ControlResultResponse => ({
  id,
  title: controls[id].title,
  status,
  evidence,
  remedy: controls[id].remedy,
});

const toAudit = ({ at, reviewer, tally }: MadeAudit): AuditTallyResponse => ({
  at: at.toISOString(),
  reviewer_id: reviewer,
  ...tally,
});
