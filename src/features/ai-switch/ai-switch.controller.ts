import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiTags, ApiOperation } from '@nestjs/swagger';
import { Problem } from '../../errors/problem.js';
import { OperatorAuth } from '../../guards/route/access.js';
import { ToggleAiRequest, ToggleAiResponse } from './ai-switch.dto.js';
import { AiSwitch } from './ai-switch.service.js';
import { ClientParam } from '../../guards/route/client.js';
import type { ClientContext } from '../../network/client-context.js';

@ApiTags('ops')
@OperatorAuth()
@Controller('ops/ai')
export class AiSwitchController {
  constructor(private readonly ai: AiSwitch) {}

  /** A body that is not exactly `{"enabled": true}` or `{"enabled": false}` is 400, and nothing changes. */
  @ApiOperation({
    summary: 'Turn the AI kill switch',
    description:
      'Holds on every instance from the next request on. A body that is not exactly one of the two is refused and changes nothing.',
  })
  @Post('toggle')
  @HttpCode(200)
  @ApiOkResponse({ type: ToggleAiResponse })
  @ApiBody({ type: ToggleAiRequest })
  async toggle(@Body() body: unknown, @ClientParam() client: ClientContext): Promise<ToggleAiResponse> {
    const { enabled, previous } = await this.ai.toggle(wanted(body), client);
    return { ai_enabled: enabled, previous_state: previous, changed: enabled !== previous };
  }
}

/**
 * Parsed here and not by the common validation: every invalid body is 400, so that the call is simple in an emergency.
 */
function wanted(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || Object.keys(body).length !== 1 || !('enabled' in body))
    throw new Problem('switch_invalid');
  if (typeof body.enabled !== 'boolean') throw new Problem('switch_invalid');
  return body.enabled;
}
