import { modelCallPolicy } from '../../../../../config/policy/assistants/calls.js';
import { Problem } from '../../../../errors/problem.js';
import { aiDisabled } from '../../../ai-switch/ai-switch.service.js';
import type { FallbackReason } from '../../gateway/ai-call.js';

/** A client of OpenAI is never answered by a canned text. `retryAfter`: seconds until a spent budget is open again. */
export function callProblem(reason: FallbackReason, retryAfter: number): Problem {
  switch (reason) {
    case 'ai_disabled':
      return aiDisabled();
    case 'consent_missing':
      return new Problem('consent_missing');
    case 'budget_exceeded':
      return new Problem('budget_exceeded', { headers: { 'retry-after': String(retryAfter) } });
    case 'user_rate_limit':
    case 'global_rate_limit':
      return new Problem('rate_limit_exceeded', {
        headers: { 'retry-after': String(modelCallPolicy.windowSeconds) },
      });
    case 'provider_unavailable':
      return new Problem('language_model_unavailable', { headers: { 'retry-after': '2' } });
    case 'ai_timeout':
      return new Problem('language_model_timeout');
    case 'ai_error':
      return new Problem('language_model_failed');
  }
}
