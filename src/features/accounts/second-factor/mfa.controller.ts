import { Body, Controller, Delete, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags, ApiOperation } from '@nestjs/swagger';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { tokenRoles } from '../../../../config/policy/accounts/roles.js';
import { SignedIn } from '../../../guards/route/access.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { StepUp } from '../../../guards/route/step-up.js';
import { ActivateMfaRequest, EnrolmentResponse, RecoveryCodesResponse } from './mfa.dto.js';
import { MfaEnrolmentService } from './mfa-enrolment.service.js';
import { ClientParam } from '../../../guards/route/client.js';
import type { ClientContext } from '../../../network/client-context.js';

@ApiTags('auth')
@SignedIn()
@StepUp()
@Controller(`${apiPrefix}/auth/mfa`)
export class MfaController {
  constructor(private readonly mfa: MfaEnrolmentService) {}

  @SignedIn(...tokenRoles)
  @ApiOperation({ summary: 'Enrol a second factor' })
  @Post('enroll')
  @HttpCode(200)
  @ApiOkResponse({
    type: EnrolmentResponse,
    description: 'A pending factor; a code of it makes it active. Asking again replaces it.',
  })
  async enroll(@CallerParam() caller: Caller): Promise<EnrolmentResponse> {
    const { secret, otpauthUrl, qrCode } = await this.mfa.enroll(caller);
    return { secret, otpauth_url: otpauthUrl, qr_code: qrCode };
  }

  @SignedIn(...tokenRoles)
  @ApiOperation({
    summary: 'Activate the second factor',
    description: 'Shows the recovery codes, this once.',
  })
  @Post('activate')
  @HttpCode(200)
  @ApiOkResponse({ type: RecoveryCodesResponse, description: 'Active; every other session has ended.' })
  async activate(
    @CallerParam() caller: Caller,
    @Body() body: ActivateMfaRequest,
    @ClientParam() client: ClientContext,
  ): Promise<RecoveryCodesResponse> {
    return { recovery_codes: await this.mfa.activate(caller, body.code, client) };
  }

  @ApiOperation({ summary: 'Make new recovery codes', description: 'The old ones are void.' })
  @Post('recovery-codes')
  @HttpCode(200)
  @ApiOkResponse({ type: RecoveryCodesResponse, description: 'A fresh set; the old one is dead.' })
  async recoveryCodes(
    @CallerParam() caller: Caller,
    @ClientParam() client: ClientContext,
  ): Promise<RecoveryCodesResponse> {
    return { recovery_codes: await this.mfa.regenerateRecoveryCodes(caller, client) };
  }

  @ApiOperation({ summary: 'Remove the second factor' })
  @Delete()
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'Removed; every other session has ended.' })
  async remove(@CallerParam() caller: Caller, @ClientParam() client: ClientContext): Promise<void> {
    await this.mfa.remove(caller, client);
  }
}
